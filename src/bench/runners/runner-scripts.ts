/** Where the scripts and the archive lie in a runner. */
export const RUNNER_FOLDER = '/plimsoll/bin';
/** Where it writes. */
export const WORK_FOLDER = '/plimsoll/work';
export const RUNNER_FILE = 'runner.sh';
export const SERVE_FILE = 'serve.sh';
export const ARCHIVE_FILE = 'archive.tar.gz';
/** The archive as k6 reads it, in the working folder. */
export const UNPACKED_ARCHIVE = 'archive.tar';
/** The pipe that k6 writes its rows to, in the working folder. */
export const ROWS_PIPE = 'pipe';

/**
 * What a runner does: it waits for the moment of the start, runs k6, and keeps its rows in numbered files until they have
 * been taken. So no row is lost with a connection, and the image needs nothing but k6 and a shell.
 */
export const RUNNER_SCRIPT = `#!/bin/sh
# Runs the k6 of one runner, and keeps its rows until Plimsoll has taken them: in small compressed files, numbered from 0.
# Needs no more than a POSIX shell with dd, gzip, mkfifo, tail and the like: busybox has them. Arguments: those of k6.
set -u
export LC_ALL=C
here=$(cd "\${0%/*}" && pwd)
cd "\${PLIMSOLL_WORK:-/plimsoll/work}" || exit 70
mkdir -p rows
[ ! -e "$here/archive.tar.gz" ] || gzip -dc "$here/archive.tar.gz" >archive.tar || exit 70
echo waiting >state

say() { echo "$1" >state.new && mv -f state.new state; }

# A small read that is full means that there is more: then several large ones go into one file, and at most 1 MiB. One
# that is not has emptied the pipe: there is time until the next flush of k6.
collect() {
  next=0 reads=0 many= last=
  : >part
  while :; do
    if [ -n "$many" ]; then said=$(dd bs=32768 count=4 2>&1 >>part); else said=$(dd bs=16384 count=1 2>&1 >>part); fi
    # \`2+1 records in\`: full reads and others. Some say more before it, and anything else after it.
    blocks=\${said%% records in*}
    case \${blocks##*[!0-9+]} in
      0+0) last=yes ;;
      *+0) many=yes reads=$((reads + 1)); [ "$reads" -lt 8 ] && continue ;;
      0+*) [ -n "$many" ] || sleep 0.2; many= ;;
      *+*) many= ;;
      *) return 1 ;;
    esac
    if [ -s part ]; then
      gzip -1 <part >new && mv new "rows/$next" || return 1
      next=$((next + 1)) reads=0
      : >part || return 1
    fi
    [ -z "$last" ] || return 0
  done
}

# A load that nobody watches ends: Plimsoll died, or has been cut off for too long.
watch_over() {
  alone=0
  while sleep 5; do
    if [ -e heard ]; then rm -f heard; alone=0; else alone=$((alone + 5)); fi
    [ "$alone" -lt "\${PLIMSOLL_LEASE_SECONDS:-120}" ] && continue
    echo "plimsoll: nobody has asked for rows in $alone s: the load ends" >&2
    kill -TERM "$1"
    return
  done
}

k6=
give_up() {
  trap '' TERM INT
  [ -z "$k6" ] || kill -KILL "$k6" 2>/dev/null
  say 'failed it was told to end'
  kill "$over" 2>/dev/null
  exit 143
}
watch_over $$ &
over=$!
trap give_up TERM INT

until [ -s go ]; do sleep 0.2; done
read -r PLIMSOLL_START_AT_MS <go
export PLIMSOLL_START_AT_MS
if [ -n "\${PLIMSOLL_RUNNERS:-}" ]; then
  index=\${JOB_COMPLETION_INDEX:-0} at=1 sequence=0
  while [ "$at" -lt "$PLIMSOLL_RUNNERS" ]; do sequence=$sequence,$at/$PLIMSOLL_RUNNERS at=$((at + 1)); done
  set -- "$@" "--execution-segment=$index/$PLIMSOLL_RUNNERS:$((index + 1))/$PLIMSOLL_RUNNERS" \\
    "--execution-segment-sequence=$sequence,1"
fi
mkfifo pipe || exit 70
# A pipe that always has a writer does not end before k6 has opened it.
exec 4<>pipe
exec 3<pipe
# Within the subshell: beside a function a shell would keep what it closes, to open it again.
{
  exec <&3 3<&- 4>&-
  collect || {
    # Without it k6 would wait for somebody to read its rows.
    echo "\${said:-}" >lost
    until [ -s k6.pid ]; do sleep 0.1; done
    kill -KILL "$(cat k6.pid)"
    exit 1
  }
} &
collector=$!
exec 3<&-
"\${PLIMSOLL_K6:-k6}" "$@" >k6.log 2>&1 4>&- &
k6=$!
echo "$k6" >k6.pid
say running
tail -f k6.log 4>&- &
tail=$!
wait "$k6"
code=$?
k6=
exec 4>&-
if wait "$collector"; then say "ended $code"; else say "failed its rows could not be kept: $(tail -n 1 lost)"; fi
until [ -e taken ]; do sleep 0.2; done
kill "$over" "$tail" 2>/dev/null
exit 0
`;

/** What answers Plimsoll in a runner, once for each connection. All that can be asked may be asked again. */
export const SERVE_SCRIPT = `#!/bin/sh
# Answers Plimsoll, line by line, in a session of its own. An answer: the clock and the state, files by size, \`done\`.
set -u
export LC_ALL=C
cd "\${PLIMSOLL_WORK:-/plimsoll/work}" || exit 70

file() {
  echo "file $1 $(wc -c <"$2")"
  cat "$2"
}

while read -r what which; do
  : >heard
  state=
  [ -e state ] && read -r state <state
  echo "at \${EPOCHREALTIME:-$(date +%s.%N)} $state"
  case $what in
    clock) ;;
    start) echo "$which" >go.new && mv -f go.new go ;;
    rows) # everything before has arrived
      taken=$which sent=0
      while [ $((taken -= 1)) -ge 0 ] && [ -e "rows/$taken" ]; do rm -f "rows/$taken"; done
      while [ "$sent" -lt 8 ] && [ -e "rows/$which" ]; do
        file "$which" "rows/$which"
        which=$((which + 1)) sent=$((sent + 1))
      done
      ;;
    signal) [ -e k6.pid ] && kill "-$which" "$(cat k6.pid)" 2>/dev/null ;;
    log)
      : >log.end
      [ -e k6.log ] && tail -c 65536 k6.log >log.end
      file log log.end
      ;;
    taken) : >taken ;;
  esac
  echo "done"
done
`;
