# A small web service: one container behind AWS Fargate, with its log group, its bucket for uploads
# and the secret that it reads at run time.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "local" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      service = var.service
      stage   = var.stage
      owner   = var.owner
    }
  }

  # The plans are made without an account and without a network: nothing is looked up.
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

locals {
  name = "${var.service}-${var.stage}"
}

check "capacity_is_a_range" {
  assert {
    condition     = var.min_capacity <= var.max_capacity
    error_message = "min_capacity must not exceed max_capacity."
  }
}
