#!/bin/sh
# Makes the plans of this directory anew: no account, no credentials and no state are needed.
#
#   PROVIDER_MIRROR=DIR ./make-plans.sh
#
# DIR is a Terraform filesystem mirror that holds hashicorp/aws 5.100.0, as
# `terraform providers mirror DIR` makes it.
set -eu

: "${PROVIDER_MIRROR:?name a directory that "'`terraform providers mirror`'" filled}"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/terraformrc" <<EOF
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path = "$PROVIDER_MIRROR"
  }
}
EOF
export TF_CLI_CONFIG_FILE="$work/terraformrc"
export TF_IN_AUTOMATION=1

# Not a secret: a word that is easy to search for, to see that it never leaves the plan.
export TF_VAR_database_password=canary-8d1f-not-a-secret

cp "$here"/*.tf "$work"
cp -R "$here/stages" "$work"
cd "$work"
terraform init -input=false -no-color >/dev/null

for stage in dev stage prod violating; do
  terraform plan -input=false -no-color -refresh=false -lock=false \
    -var-file="stages/$stage.tfvars" -out="$stage.tfplan" >/dev/null
  terraform show -json -no-color "$stage.tfplan" >"$here/plan-$stage.json"
  echo "plan-$stage.json"
done
cp "$here/plan-dev.json" "$here/plan.json"
