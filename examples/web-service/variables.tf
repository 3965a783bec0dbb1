variable "stage" {
  description = "Where the service is deployed: dev, stage or prod."
  type        = string

  validation {
    condition     = contains(["dev", "stage", "prod"], var.stage)
    error_message = "stage must be dev, stage or prod."
  }
}

variable "service" {
  description = "The service's name."
  type        = string
  default     = "orders"
}

variable "owner" {
  description = "The team that answers for the service."
  type        = string
  default     = "team-orders"
}

variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-central-1"
}

variable "vpc_id" {
  description = "The network that the service runs in."
  type        = string
}

variable "subnet_ids" {
  description = "The private subnets that the service runs in."
  type        = list(string)
}

variable "image" {
  description = "The container image, named by digest."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be named by digest."
  }
}

variable "container_user" {
  description = "The user that the container runs as."
  type        = string
  default     = "10001"
}

variable "min_capacity" {
  description = "The least number of running containers."
  type        = number
}

variable "max_capacity" {
  description = "The greatest number of running containers."
  type        = number
}

variable "log_retention_days" {
  description = "For how many days logs are kept."
  type        = number
}

variable "ingress_cidrs" {
  description = "The networks that may call the service."
  type        = list(string)
}

variable "block_public_access" {
  description = "Whether the bucket refuses every public policy and access list."
  type        = bool
  default     = true
}

variable "database_password" {
  description = "The password of the service's database user."
  type        = string
  sensitive   = true
}
