#!/bin/sh
# deploy.sh BUCKET [PREFIX [STACK...]]: checks this package, uploads it to a bucket in the Region of the deployment, and
# deploys the stacks, or all of stacks.txt, one after another. Run again with another package, it changes what differs.
# Needs the AWS command line, and the rights to create the stacks' resources, roles with names included.
set -eu
cd "$(dirname "$0")"
bucket=${1:?"usage: deploy.sh BUCKET [PREFIX [STACK...]]"}
prefix=${2:-}
if [ $# -gt 2 ]; then shift 2; else set -- $(cat stacks.txt); fi
sha256sum --check --quiet SHA256SUMS
aws s3 cp artifacts "s3://$bucket/$prefix" --recursive --only-show-errors
for stack in "$@"; do
  template=templates/$stack.template.json
  # A stack without code has no parameters.
  parameters=
  if grep -q '"ArtifactBucket"' "$template"; then
    parameters="--parameter-overrides ArtifactBucket=$bucket ArtifactPrefix=$prefix"
  fi
  # shellcheck disable=SC2086 -- neither the name of a bucket nor a prefix has a blank
  aws cloudformation deploy --stack-name "$stack" --template-file "$template" --s3-bucket "$bucket" \
    --s3-prefix "${prefix}templates" --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset $parameters
done
