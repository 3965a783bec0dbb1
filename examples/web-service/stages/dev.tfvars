stage              = "dev"
image              = "registry.example/orders@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
vpc_id             = "vpc-0d0000000000000"
subnet_ids         = ["subnet-0d0000000000000a", "subnet-0d0000000000000b"]
min_capacity       = 1
max_capacity       = 2
log_retention_days = 30
ingress_cidrs      = ["10.10.0.0/16"]
