# Deploys the templates of the package that this folder lies in, one stack after another. Terraform sees the stacks as a
# whole: what is in them, and what a change replaces, CloudFormation decides.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "bucket" {
  description = "Name of a bucket in the Region of the deployment, for code and templates"
  type        = string
}

variable "prefix" {
  description = "What the keys of these files begin with"
  type        = string
  default     = ""
}

locals {
  package = "${path.module}/.."
  # Each stack by what follows the name of the deployment: "acme-audit" is "audit".
  stacks = {
    for name in split("\n", trimspace(file("${local.package}/stacks.txt"))) :
    reverse(split("-", name))[0] => name
  }
  # A stack without code has no parameters.
  parameters = {
    for part, name in local.stacks : part => {
      for parameter, value in { ArtifactBucket = var.bucket, ArtifactPrefix = var.prefix } :
      parameter => value
      if can(jsondecode(file("${local.package}/templates/${name}.template.json")).Parameters[parameter])
    }
  }
}

resource "aws_s3_object" "artifact" {
  for_each    = fileset("${local.package}/artifacts", "*")
  bucket      = var.bucket
  key         = "${var.prefix}${each.key}"
  source      = "${local.package}/artifacts/${each.key}"
  source_hash = each.key
}

# A template has a key of its own for each content, so that a change of it is a change of its address.
resource "aws_s3_object" "template" {
  for_each = local.stacks
  bucket   = var.bucket
  key      = "${var.prefix}templates/${filesha256("${local.package}/templates/${each.value}.template.json")}.json"
  source   = "${local.package}/templates/${each.value}.template.json"
}

locals {
  template_urls = {
    for part, object in aws_s3_object.template : part => "https://${var.bucket}.s3.amazonaws.com/${object.key}"
  }
}

# A stack that is not in the package is looked up all the same when it goes.
resource "aws_cloudformation_stack" "tenants" {
  count        = contains(keys(local.stacks), "tenants") ? 1 : 0
  name         = try(local.stacks["tenants"], null)
  template_url = try(local.template_urls["tenants"], null)
  parameters   = try(local.parameters["tenants"], null)
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact]
}

resource "aws_cloudformation_stack" "audit" {
  name         = local.stacks["audit"]
  template_url = local.template_urls["audit"]
  parameters   = local.parameters["audit"]
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact, aws_cloudformation_stack.tenants]
}

resource "aws_cloudformation_stack" "policy" {
  name         = local.stacks["policy"]
  template_url = local.template_urls["policy"]
  parameters   = local.parameters["policy"]
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact, aws_cloudformation_stack.audit]
}

resource "aws_cloudformation_stack" "protector" {
  name         = local.stacks["protector"]
  template_url = local.template_urls["protector"]
  parameters   = local.parameters["protector"]
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact, aws_cloudformation_stack.policy]
}

resource "aws_cloudformation_stack" "files" {
  count        = contains(keys(local.stacks), "files") ? 1 : 0
  name         = try(local.stacks["files"], null)
  template_url = try(local.template_urls["files"], null)
  parameters   = try(local.parameters["files"], null)
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact, aws_cloudformation_stack.protector]
}

resource "aws_cloudformation_stack" "observability" {
  name         = local.stacks["observability"]
  template_url = local.template_urls["observability"]
  parameters   = local.parameters["observability"]
  capabilities = ["CAPABILITY_NAMED_IAM"]
  depends_on   = [aws_s3_object.artifact, aws_cloudformation_stack.protector, aws_cloudformation_stack.files]
}

output "stacks" {
  description = "Outputs of the stacks, by stack and name"
  value = {
    for stack in concat(
      [
        aws_cloudformation_stack.audit,
        aws_cloudformation_stack.policy,
        aws_cloudformation_stack.protector,
        aws_cloudformation_stack.observability,
      ],
      aws_cloudformation_stack.tenants,
      aws_cloudformation_stack.files,
    ) : stack.name => stack.outputs
  }
}
