#!/usr/bin/env bash
# npm run newcomer: does what an engineer who found the repository today does, from a clean clone, in a temporary home, on 80
# columns and without colour: install, try, a policy for a CSV file of their own, check, test, seal, query as two users, tamper,
# verify. Prints the time of each step, and the number of commands. Ends with 1 at the first step that does not do what it should.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A home of its own; the download cache of npm is the machine's, or else the first step measures the network.
export npm_config_cache=${npm_config_cache:-$(npm config get cache)}
mkdir -p "$work/home" "$work/tmp"
export HOME="$work/home" TMPDIR="$work/tmp" LC_ALL=C.UTF-8 COLUMNS=80 NO_COLOR=1 npm_config_update_notifier=false npm_config_fund=false
unset FORCE_COLOR CI PROTECTOR_DIR

commands=0
began=$(date +%s%N)
fail() { printf 'newcomer: %s\n' "$*" >&2; [ ! -e "$work/output" ] || cat "$work/output" >&2; exit 1; }

# run EXPECTED_CODE NAME COMMAND...: runs a command that a person types, with its output in $work/output.
run() {
  local expected=$1 name=$2 from status=0
  shift 2
  commands=$((commands + 1))
  from=$(date +%s%N)
  "$@" > "$work/output" 2>&1 < /dev/null || status=$?
  printf '%7.1f s  %s\n' "$(awk "BEGIN { print ($(date +%s%N) - $from) / 1e9 }")" "$name"
  [ "$status" -eq "$expected" ] || fail "\"$*\" ended with $status instead of $expected"
}
says() { grep -qE -- "$1" "$work/output" || fail "the output does not say: $1"; }
fits() { if grep -qP '.{81}' "$work/output"; then fail 'a line is longer than 80 columns'; fi; }

cat > "$work/people.csv" << 'CSV'
id,full_name,email,ssn,city
1,Ada Lovelace,ada@mail.example,944-07-4214,London
2,Grace Hopper,grace@mail.example,951-08-9204,New York
3,Katherine Johnson,kjohnson@post.example,917-53-8264,White Sulphur Springs
4,Zoë Müller,zoe.mueller@post.example,926-11-4410,Köln
5,Nikolai Petrov,n.petrov@mail.example,933-20-7781,Sofia
CSV

run 0 'git clone' git clone --quiet "file://$root" "$work/protector"
cd "$work/protector"
run 0 'npm ci' npm ci --no-audit
run 0 'npm start: the demo' npm start --silent
says '✓ intact'

mkdir "$work/mine" && cp "$work/people.csv" "$work/mine" && cd "$work/mine"
protector() { "$work/protector/node_modules/.bin/node" "$work/protector/functions/cli/protector.js" "$@"; }

run 0 'init --from people.csv' protector init --from people.csv
says 'deEmail' && says 'protect\.sql' && fits
run 0 'init again keeps everything' protector init --from people.csv
says 'is there, and kept' && fits
run 0 'policy check' protector policy check
run 0 'policy test' protector policy test
says '0 failed'
run 0 'policy add-role' protector policy add-role support --member ann
run 0 'policy grant' protector policy grant support deEmail --unprotect
says 'support may now unprotect deEmail'
run 0 'policy seal' protector policy seal
run 0 'protect: query -f, to a file' protector query -f .protector/protect.sql --user etl -o tokens.csv
if grep -q '944-07-4214\|Lovelace\|ada@' tokens.csv; then fail 'tokens.csv holds clear values'; fi
run 0 'query as the user who may see e-mail' \
  protector query "select full_name, pty_unprotect_deemail(email) as email from 'tokens.csv'" --user ann
says 'ada@mail\.example' && fits
run 0 'query as the analyst, who may not' \
  protector query "select full_name, pty_unprotect_deemail(email) as email from 'tokens.csv'" --user analyst
says 'NULL' && fits
run 1 'query as a user whom the policy does not have' \
  protector query "select pty_unprotect_deemail(email) from 'tokens.csv'" --user anna
says 'did you mean ann\?'
run 0 'policy explain' protector policy explain --user analyst --element deEmail
fits
run 0 'audit verify' protector audit verify
says '✓ intact'
sed -i.bak '1s/etl/eve/' .protector/audit/audit.jsonl && rm .protector/audit/audit.jsonl.bak
run 1 'audit verify, after a record was changed' protector audit verify
says '✗'

printf '%7.1f s  in all, with %s commands\n' "$(awk "BEGIN { print ($(date +%s%N) - $began) / 1e9 }")" "$commands"
