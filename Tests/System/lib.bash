# Helpers for the scripts that drive the program from outside. Source it; every check prints one line beginning with
# "ok: ", "FAIL: " or "skip: ", which run-all counts.

set -u
project=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
program=$(readlink -f -- "${PROGRAM:-$project/.build/release/idinvert}")
examples=$project/Models/fruits64/examples
work=$(mktemp -d "${TMPDIR:-/tmp}/idinvert-test.XXXXXX")
service=
slurm=
failures=0

cleanup() {
  [[ -z $service ]] || kill -KILL "$service" 2> /dev/null
  [[ -z $service ]] || wait "$service" 2> /dev/null
  # It ends its jobs before itself.
  [[ -z $slurm ]] || { kill "$slurm" 2> /dev/null; wait "$slurm" 2> /dev/null; }
  if (( failures )) && [[ -n ${KEEP:-} ]]; then echo "kept: $work"; else rm -rf -- "$work"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

ok() { echo "ok: $*"; }
fail() { echo "FAIL: $*"; failures=$(( failures + 1 )); }
skip() { echo "skip: $*"; }

# check NAME COMMAND...: the command succeeds; what it prints is not shown.
check() {
  local name=$1
  shift
  if "$@" > /dev/null 2> "$work/complaint"; then ok "$name"; else fail "$name $(head -n 1 "$work/complaint")"; fi
}

# same NAME FOUND EXPECTED: two texts are equal.
same() {
  if [[ $2 == "$3" ]]; then ok "$1"; else fail "$1: found '$2', expected '$3'"; fi
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local end=$(( SECONDS + $1 ))
  shift
  until "$@"; do
    (( SECONDS < end )) || return 1
    sleep 0.05
  done
}

# configure [EXTRA YAML LINE]...: a configuration with short waits in $work; more of a watch in $watch_extra and $orphan_seconds.
configure() {
  mkdir -p "$work/spool"
  {
    cat <<YAML
state: $work/spool/.jobs
models: [$project/Models]
watches:
  - {inbox: $work/spool/inbox, outbox: $work/spool/outbox, model: fruits64, settle_milliseconds: 100, pairing_seconds: 0.4,
     orphan_seconds: ${orphan_seconds:-1.5}, incomplete_seconds: 1, rescan_seconds: 1, defaults: {invert: {method: encoder}}${watch_extra:+, $watch_extra}}
cache: {folder: $work/cache, size: ${cache_size:-0 bytes}}
checkpoint_seconds: 0.3
YAML
    printf '%s\n' "$@"
  } > "$work/idinvert.yaml"
}

# simulate_slurm SLOTS SECONDS|run [PREFIX COMMAND...]: Slurm's commands in $work/bin, which ask a simulated one by $work/slurm; see
# simulated-slurmctld.
simulate_slurm() {
  local name
  command -v python3 > /dev/null && command -v gcc > /dev/null || { skip "a simulated Slurm (python3 and gcc are needed)"; return 1; }
  mkdir -p "$work/bin"
  gcc -O2 -o "$work/bin/sbatch" "$project/Tests/System/simulated-slurm.c" || { fail "the simulated commands do not compile"; return 1; }
  for name in squeue scancel scontrol sinfo; do ln -f "$work/bin/sbatch" "$work/bin/$name"; done
  "${@:3}" python3 "$project/Tests/System/simulated-slurmctld" "$work/slurm" "$1" "$2" 2> "$work/slurm.log" &
  slurm=$!
  wait_for 10 test -S "$work/slurm" || { fail "the simulated Slurm does not start: $(cat "$work/slurm.log")"; return 1; }
}

inbox=$work/spool/inbox
outbox=$work/spool/outbox

# start [PREFIX COMMAND...]: the service, until it is ready.
start() {
  : > "$work/log"
  "$@" "$program" serve --config "$work/idinvert.yaml" --log-format json 2>> "$work/log" &
  service=$!
  wait_for 20 is_ready || { fail "the service did not start: $(tail -n 3 "$work/log")"; return 1; }
}
is_ready() { grep -q '"service ready"' "$work/log"; }

# stop [SIGNAL]: gives the exit status.
stop() {
  local status=0
  kill -"${1:-TERM}" "$service" 2> /dev/null
  wait "$service" 2> /dev/null || status=$?
  service=
  return "$status"
}

# drop FILE NAME: appears in the inbox complete.
drop() {
  cp -- "$1" "$inbox/.$2.part"
  mv -- "$inbox/.$2.part" "$inbox/$2"
}
# write NAME TEXT: a file with that text appears in the inbox.
write() {
  printf '%s\n' "$2" > "$inbox/.$1.part"
  mv -- "$inbox/.$1.part" "$inbox/$1"
}

is_done() { [[ -e $outbox/$1/result.json ]]; }
is_failed() { [[ -e $outbox/failed/$1/error.txt ]]; }
has_answer() { is_done "$1" || is_failed "$1"; }
step_of_running() { "$program" status --json --config "$work/idinvert.yaml" 2> /dev/null | jq -r '.running[0].step // 0'; }
has_reached_step() { (( $(step_of_running) >= $1 )); }

# alike FOLDER FOLDER: the same files with the same bytes, but for times in reports.
alike() {
  diff -r --exclude=result.json --exclude=.job.json -- "$1" "$2" > "$work/difference" || return 1
  local report
  while read -r report; do
    diff <(jq -S 'del(.timings, .started)' "$1/$report") <(jq -S 'del(.timings, .started)' "$2/$report") \
      > "$work/difference" || return 1
  done < <(cd "$1" && find . -name result.json)
}

finish() { exit $(( failures > 0 )); }
