# Steps that run beside each other, for a bash as old as 3.2. The output of a step is kept apart and printed when it ends,
# with how long it took. Sourced by `check` and `run`.
#
#   start NAME COMMAND...   starts a step, as soon as fewer than $lanes run
#   finish                  waits for every step that was started; ends the script with 1 when one of them failed
#   step NAME COMMAND...    one step alone, whose output appears as it comes

lanes=${LANES:-$(node -p 'Math.max(2, os.availableParallelism())')}
steps_folder=$(mktemp -d)
step_count=0
failed_steps=

heading() { printf '\n── %s\n' "$*"; }

running_steps() {
  local n pid count=0
  for ((n = 1; n <= step_count; n++)); do
    [ -e "$steps_folder/$n.pid" ] || continue
    read -r pid < "$steps_folder/$n.pid"
    if kill -0 "$pid" 2> /dev/null; then count=$((count + 1)); else end_step "$n" "$pid"; fi
  done
  running=$count
}

end_step() {
  local status=0 name began
  wait "$2" || status=$?
  rm "$steps_folder/$1.pid"
  { read -r began; read -r name; } < "$steps_folder/$1.name"
  if [ "$status" -eq 0 ]; then
    heading "$name ($((SECONDS - began)) s)"
  else
    heading "$name ($((SECONDS - began)) s): FAILED with $status"
    failed_steps="$failed_steps${failed_steps:+, }$name"
  fi
  cat "$steps_folder/$1.output"
}

start() {
  local name=$1
  shift
  running_steps
  while [ "$running" -ge "$lanes" ]; do sleep 0.2; running_steps; done
  step_count=$((step_count + 1))
  printf '%s\n%s\n' "$SECONDS" "$name" > "$steps_folder/$step_count.name"
  "$@" > "$steps_folder/$step_count.output" 2>&1 < /dev/null &
  echo "$!" > "$steps_folder/$step_count.pid"
}

finish() {
  running_steps
  while [ "$running" -gt 0 ]; do sleep 0.2; running_steps; done
  if [ -n "$failed_steps" ]; then
    printf '\nFAILED: %s\n' "$failed_steps" >&2
    exit 1
  fi
}

step() {
  local name=$1 began=$SECONDS status=0
  shift
  heading "$name"
  "$@" < /dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    printf '\nFAILED: %s (%s s, status %s)\n' "$name" "$((SECONDS - began))" "$status" >&2
    exit 1
  fi
  echo "($name: $((SECONDS - began)) s)"
}

# Ends what still runs, with the processes it started, and removes the outputs.
stop_steps() {
  local n pid child
  for ((n = 1; n <= step_count; n++)); do
    [ -e "$steps_folder/$n.pid" ] || continue
    read -r pid < "$steps_folder/$n.pid"
    for child in $(pgrep -P "$pid" 2> /dev/null || true) "$pid"; do kill "$child" 2> /dev/null || true; done
  done
  rm -rf "$steps_folder"
}
