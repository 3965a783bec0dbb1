module github.com/poundlock/poundlock/bindings-c/go

go 1.24
