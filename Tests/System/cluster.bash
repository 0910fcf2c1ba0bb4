# Two nodes of a real Slurm on this machine, for the scripts that source this; those have parts that can be named. Needs root and
# Slurm; skipped elsewhere.
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.bash"
(( $# )) && wanted=" $* " || wanted=
cluster=$work/cluster
tool() { "$project/Tests/System/cluster" "$1" "$cluster" "${@:2}"; }
chmod 755 "$work"
tool start --cpus 1 --memory 4096 > "$work/boot" 2>&1
case $? in
  0) ;;
  77) skip "no cluster here: $(tail -n 1 "$work/boot")"; finish ;;
  *) fail "the cluster did not start: $(tail -n 3 "$work/boot")"; finish ;;
esac
export SLURM_CONF=$cluster/etc/slurm.conf
trap 'tool stop; cleanup' EXIT

# The program by a path of its own, so that a node can be without it.
mkdir -p "$work/bin"
ln -s "$program" "$work/bin/idinvert"
[[ -L $program ]] && program=$(readlink -f "$program")
# settings [KEY: VALUE,]...: the configuration with short times.
settings() {
  configure "executor: slurm" "slurm: {conf: $SLURM_CONF, program: $work/bin/idinvert, cpus: 1, memory: 1 GiB, poll_seconds: 1, command_seconds: 10,
    lost_seconds: ${lost_seconds:-12}, visible_seconds: 5, ${1-}max_queued: ${max_queued:-4}}" "metrics_file: $work/metrics"
}
part() { [[ -z $wanted || $wanted == *" $1 "* ]] || return 1; echo "# $1"; }

pictures=("$examples"/*.png)
# put NAME COUNT [STEPS]: so many drops at once.
put() {
  local index
  for (( index = 0; index < $2; index++ )); do
    if [[ -n ${3-} ]]; then
      printf 'invert: {method: in-domain, steps: %d}\n' "$3" > "$inbox/$1-$index.png.yaml"
    fi
    drop "${pictures[index % ${#pictures[@]}]}" "$1-$index.png"
  done
}
answers() { find "$outbox" -mindepth 1 -maxdepth 1 -type d -name "$1-*" | wc -l; }
has_answers() { (( $(answers "$1") >= $2 )); }
# all_once NAME COUNT SECONDS [COMMAND]: each is answered, and once: a second answer would have another name. Until then the command
# runs again and again.
all_once() {
  is_complete() { ${4-}; has_answers "$1" "$2"; }
  if ! wait_for "$3" is_complete "$@"; then
    fail "$1: $(answers "$1") of $2 answered: $(tail -n 2 "$work/log")"
    "$program" status --config "$work/idinvert.yaml"
    sinfo -h -N -o '%N %T %E'
    tail -n 5 "$cluster/log/slurmctld.log"
    return
  fi
  sleep 1
  same "$1: each of $2 is answered once" "$(answers "$1") $(find "$outbox/failed" -mindepth 1 -maxdepth 1 -name "$1-*" | wc -l)" "$2 0"
}
jobs_left() { find "$work/spool/.jobs" -mindepth 1 -maxdepth 1 -name '*T*Z-*' | wc -l; }
is_clean() { [[ $(jobs_left) == 0 ]]; }
log_has() { grep -q "$@" "$work/log"; }
states() { squeue -h -t "$1" -o %A | wc -l; }
is_running() { (( $(states RUNNING) >= ${1:-1} )); }
is_pending() { (( $(states PENDING) >= 1 )); }
is_idle() { [[ $(sinfo -h -N -t idle -o %N | sort -u | wc -l) == 2 ]]; }
has_begun() { find "$work"/spool/.jobs/*/attempts/*/begun 2> /dev/null | grep -q .; }
drained() { scontrol update NodeName="$1" State=DRAIN Reason=test; }
# What a person does after a slurmctld that lost its state gave a number twice: the node that knew it is drained.
allow_numbers() {
  local node
  for node in $(sinfo -h -N -o '%N %E' | sed -n 's/ Duplicate jobid.*//p'); do resumed "$node"; done
}
resumed() { scontrol update NodeName="$1" State=RESUME; }
