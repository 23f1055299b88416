#!/usr/bin/env bash
# Packs the command line as npm publishes it, installs the tarball into an empty folder with nothing else in it, and runs the
# first commands of a user there.
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
