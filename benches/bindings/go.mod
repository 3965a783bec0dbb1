module github.com/poundlock/poundlock/benches/bindings

go 1.24

require github.com/poundlock/poundlock/bindings-c/go v0.0.0

replace github.com/poundlock/poundlock/bindings-c/go => ../../bindings-c/go
