#!/bin/sh
# Makes the plans of this directory anew: no account, no credentials and no state are needed.
#
#   python serve-moto.py 5000 &
#   PROVIDER_MIRROR=DIR MOTO_ENDPOINT=http://127.0.0.1:5000 ./make-plans.sh
#
# DIR is a Terraform filesystem mirror that holds hashicorp/aws 5.100.0, as
# `terraform providers mirror DIR` makes it. MOTO_ENDPOINT is a moto that serve-moto.py has just
# begun to serve: it must not hold the resources already.
set -eu

: "${PROVIDER_MIRROR:?name a directory that "'`terraform providers mirror`'" filled}"
: "${MOTO_ENDPOINT:?name the address where serve-moto.py serves}"

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
export AWS_ENDPOINT_URL="$MOTO_ENDPOINT"

# Not a secret: a word that is easy to search for, to see that it never leaves the plan.
export TF_VAR_database_password=canary-8d1f-not-a-secret

cp "$here"/*.tf "$work"
cp -R "$here/stages" "$work"
cd "$work"
terraform init -input=false -no-color >/dev/null

show() {
  terraform show -json -no-color "$1.tfplan" >"$here/plan-$1.json"
  echo "plan-$1.json"
}

for stage in dev stage prod violating; do
  terraform plan -input=false -no-color -refresh=false -lock=false \
    -var-file="stages/$stage.tfvars" -out="$stage.tfplan" >/dev/null
  show "$stage"
done
cp "$here/plan-dev.json" "$here/plan.json"

for stage in dev stage prod; do
  terraform apply -input=false -no-color "$stage.tfplan" >/dev/null
  terraform apply -input=false -no-color -refresh-only -auto-approve \
    -var-file="stages/$stage.tfvars" >/dev/null
  # Fails unless there is nothing left to change.
  terraform plan -input=false -no-color -detailed-exitcode \
    -var-file="stages/$stage.tfvars" -out="$stage-applied.tfplan" >/dev/null
  show "$stage-applied"
  rm terraform.tfstate*
done
