#!/usr/bin/env bash
# Packs the command line as npm publishes it, installs the tarball into an empty folder with nothing else in it, and runs the
# first commands of a user there: by npx, which uses the Node 24 that comes with it, and with the oldest Node that it says it needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'package: %s\n' "$*" >&2; exit 1; }

npm run --silent package:npm -- --outdir "$work/package"
(cd "$work" && npm pack --silent --pack-destination "$work" "$work/package" > tarball)
tarball="$work/$(cat "$work/tarball")"
printf '%s: %s files, %s kB\n' "$(basename "$tarball")" "$(tar tzf "$tarball" | wc -l)" "$(($(wc -c < "$tarball") / 1024))"

export npm_config_cache=${npm_config_cache:-$(npm config get cache)}
mkdir "$work/empty" "$work/home"
cd "$work/empty"
export HOME="$work/home" COLUMNS=80 NO_COLOR=1 npm_config_update_notifier=false
unset CI PROTECTOR_DIR
printf 'name,ssn\nZoë Müller,944-07-4214\nНиколай Петров,951-08-9204\n' > people.csv
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund "$tarball"
npx --no-install protector --version
npx --no-install protector demo --rows 200 --dir demo | grep '✓ intact'
npx --no-install protector init
npx --no-install protector query "select pty_protect_dessn(ssn) as token from 'people.csv'"
npx --no-install protector policy test | tail -1
npx --no-install protector audit verify
npx --no-install protector completion bash | bash -n || fail 'the completion script is no bash'

# The binaries of Node itself, as the registry has them.
installed=node_modules/@serverless-protector/cli/functions/cli/protector.js
oldest=$(sed -n "s/^const OLDEST = '\(.*\)';$/\1/p" "$installed")
platform=$(node -p '`${process.platform === "win32" ? "win" : process.platform}-${process.arch}`')
for version in "$oldest" 20.19.0; do
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work/node-$version" "node-$platform@$version"
done
with_node() { "$work/node-$1/node_modules/node-$platform/bin/node" node_modules/.bin/protector "${@:2}"; }
protector() { with_node "$oldest" "$@"; }
mkdir "$work/elsewhere" && cp people.csv "$work/elsewhere"
with="--dir $work/elsewhere/ws"
printf 'Node %s, the oldest that the package names:\n' "$oldest"
protector --version
protector demo --rows 200 --dir "$work/elsewhere/demo" | grep '✓ intact'
protector init $with > /dev/null
protector query "select pty_protect_dessn(ssn) as token from 'people.csv'" $with
protector protect people.csv --out tokens.csv --column ssn=deSSN --user test_user $with
if grep -q '944-07-4214' tokens.csv; then fail 'tokens.csv holds a clear value'; fi
protector policy test $with | tail -1
protector audit seal $with
protector audit verify $with
protector audit report --html report.html $with

# An older one is told so in one line, and nothing else happens.
status=0
said=$(with_node 20.19.0 --version 2>&1) || status=$?
[ "$status" -eq 2 ] && [ "$(wc -l <<< "$said")" -eq 1 ] || fail "Node 20 ended with $status: $said"
grep -q "needs Node $oldest or newer and this is v20.19.0" <<< "$said" || fail "Node 20 said: $said"
echo "$said"
