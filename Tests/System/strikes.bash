# Parts of torture: the service is struck at its N-th call (strike-at.c), or its job's process is. Sourced by torture.

build_strike() {
  strike=$work/strike-at.so
  cc -shared -fPIC -O1 -o "$strike" "$project/Tests/System/strike-at.c" -ldl || { fail "strike-at.c"; return 1; }
}

# prepare_strikes: the library, and a job that is not struck: its calls are counted in $total, its result is $work/reference.
prepare_strikes() {
  build_strike && configure_executor || return 1
  sed -i 's/checkpoint_seconds: 0.3/checkpoint_seconds: 0.1/' "$work/idinvert.yaml"
  drop_job
  start env LD_PRELOAD="$strike" STRIKE_LOG="$work/calls" || return 1
  wait_for 60 is_done apple || { fail "the reference job is not done"; return 1; }
  wait_for 10 state_is_clean apple
  stop
  total=$(( $(< "$work/calls") ))
  rm -rf -- "$work/reference"
  cp -r "$outbox/apple" "$work/reference"
}

# drop_job: a fresh spool with one job whose way is claim, steps, checkpoint, publishing.
drop_job() {
  reset
  write apple.png.yaml $'invert: {method: in-domain, steps: 8}\nedits: [reconstruct]'
  drop "$examples/apple-red.png" apple.png
}

# killed_at CALL: runs the service until it dies after that call, or ends its job because it makes fewer calls this time.
killed_at() {
  LD_PRELOAD=$strike KILL_AT=$1 "$program" serve --config "$work/idinvert.yaml" --log-format json 2>> "$work/log" &
  service=$!
  wait_for 60 bash -c '! kill -0 "$1" 2> /dev/null || [[ -e $2 ]]' - "$service" "$outbox/apple/result.json"
  sleep 0.05
  kill -0 "$service" 2> /dev/null || died=$(( died + 1 ))
  stop KILL
}

# expect_reference WHEN: a service that is left alone ends the job with the same bytes.
expect_reference() {
  start || return
  if ! wait_for 60 is_done apple || ! wait_for 10 state_is_clean apple || ! alike "$work/reference" "$outbox/apple"; then
    bad=$(( bad + 1 ))
    fail "$1: $(cat "$work/state" "$work/difference" 2> /dev/null | head -n 3)"
  fi
  stop
}

# Kill after every call that changes the file system, on the whole way of a job.
torture_calls() {
  prepare_strikes || return
  local number bad=0 died=0 tried=0
  for (( number = first; number <= total + 5; number += stride )); do
    drop_job
    killed_at "$number"
    expect_reference "killed after call $number"
    tried=$(( tried + 1 ))
  done 2> "$work/noise"
  check "killed after $tried of $total calls ($died deaths): one result of the same bytes each time" test "$bad" = 0
  promise "nothing lost, one result, same bytes, executor $executor: killed after $tried of $total calls, $died deaths, $bad bad"
}

# Two kills in a row, the second one at any call of the recovery from the first.
torture_twice() {
  prepare_strikes || return
  local pair bad=0 died=0
  RANDOM=${SEED:-7}
  for (( pair = 1; pair <= pairs; pair++ )); do
    drop_job
    local one=$(( RANDOM % total + 1 )) other=$(( RANDOM % 40 + 1 ))
    killed_at "$one"
    killed_at "$other"
    expect_reference "killed after call $one, and $other of the next start"
  done 2> "$work/noise"
  check "killed twice in a row, $pairs times ($died deaths): one result of the same bytes each time" test "$bad" = 0
  promise "nothing lost, one result, same bytes, executor $executor: $pairs times two kills in a row, $bad bad"
}

# Input and output errors for a third of a second from every call on; the same process goes on by itself.
torture_errors() {
  prepare_strikes || return
  local number bad=0 struck=0 restarts=0 tried=0
  for (( number = first; number <= total; number += stride )); do
    drop_job
    tried=$(( tried + 1 ))
    : > "$work/log"
    : > "$work/told"
    LD_PRELOAD=$strike FAIL_AT=$number FAIL_MS=300 "$program" serve --config "$work/idinvert.yaml" --log-format json 2>> "$work/log" &
    service=$!
    wait_for 60 bash -c '! kill -0 "$1" 2> /dev/null || [[ -e $2 ]]' - "$service" "$outbox/apple/result.json"
    if ! kill -0 "$service" 2> /dev/null; then
      # It may refuse to start, with the status by which systemd starts it again.
      local status=0
      wait "$service" || status=$?
      service=
      (( status == 1 )) || fail "errors from call $number on ended the service with status $status"
      restarts=$(( restarts + 1 ))
      cat "$work/log" >> "$work/told"
      start || return
    fi
    if ! wait_for 60 is_done apple || ! wait_for 20 state_is_clean apple || ! alike "$work/reference" "$outbox/apple"; then
      bad=$(( bad + 1 ))
      fail "errors from call $number on: $(cat "$work/state" "$work/difference" 2> /dev/null | head -n 3)"
    fi
    cat "$work/log" >> "$work/told"
    grep -qi 'input/output error' "$work/told" && struck=$(( struck + 1 ))
    [[ -z $service ]] || stop
  done 2> "$work/noise"
  check "errors from $tried of $total calls on ($struck told, $restarts starts refused): one result of the same bytes" test "$bad" = 0
  promise "input/output errors cost time, nothing else, executor $executor: from $tried of $total calls on, $struck told, $bad bad"
}

# The process that does a job is killed after every call that changes the file system: an answer that is there is true, and
# without one the same task can be done anew.
torture_worker() {
  build_strike || return
  configure 'executor: process'
  sed -i 's/checkpoint_seconds: 0.3/checkpoint_seconds: 0.1/' "$work/idinvert.yaml"
  drop_job
  start || return
  wait_for 60 bash -c '[[ -e $(echo "$1"/2*/attempts/1/begun) ]]' - "$work/spool/.jobs" || { fail "no task"; return 1; }
  stop KILL
  sleep 3
  local whole=$work/whole attempt=$work/job/attempts/1 number total bad=0 died=0 answers=0
  rm -rf -- "$whole"
  cp -r "$work"/spool/.jobs/2* "$whole"
  find "$whole" -mindepth 1 \( -path '*/attempts/*' -o -name checkpoint \) -not -name 1 -not -name task.json -delete
  work_in_copy() {
    rm -rf -- "$work/job"
    cp -r "$whole" "$work/job"
    env "$@" "$program" work "$attempt" 2> /dev/null
  }
  is_true() { (cd "$attempt/work" && jq -r '.files[] | .sha256 + "  " + .path' ../answer.json | sha256sum --check --quiet); }
  work_in_copy LD_PRELOAD="$strike" STRIKE_LOG="$work/calls"
  is_true || { fail "the reference task has no true answer"; return 1; }
  total=$(( $(< "$work/calls") ))
  rm -rf -- "$work/reference"
  cp -r "$attempt/work" "$work/reference"
  for (( number = 1; number <= total; number++ )); do
    work_in_copy LD_PRELOAD="$strike" KILL_AT="$number" && continue
    died=$(( died + 1 ))
    if [[ -e $attempt/answer.json ]]; then
      answers=$(( answers + 1 ))
    else
      # As the service does: its checkpoint, and a new attempt.
      [[ ! -e $attempt/checkpoint ]] || mv -- "$attempt/checkpoint" "$work/job/checkpoint"
      find "$attempt" -mindepth 1 -maxdepth 1 -not -name task.json -exec rm -rf -- {} +
      "$program" work "$attempt" 2> /dev/null
    fi
    is_true > "$work/difference" && alike "$work/reference" "$attempt/work" && continue
    bad=$(( bad + 1 ))
    fail "its process killed after call $number: $(head -n 3 "$work/difference")"
  done 2> "$work/noise"
  check "a job's process killed after each of $total calls ($died deaths, $answers with an answer): the same bytes in the end" test "$bad" = 0
  promise "a job's process may die at each of $total calls: $bad bad"
}
