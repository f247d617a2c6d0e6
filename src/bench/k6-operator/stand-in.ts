import { k6Arguments } from '../runners/build-pod.js';
import type { LoadReads } from '../load-reads.js';
import { RUNNER_FILE } from '../runners/runner-scripts.js';

/** In the folder of the scripts, which is the first that the pods look for programs in. */
export const STAND_IN_FILE = 'k6';

/**
 * What the operator's `k6 run` comes upon. The operator writes the command line of its runners itself; a runner of
 * Plimsoll needs arguments and a start of its own, and of the operator's no more than its share of the load.
 *
 * @param reads what k6 has to write for it
 */
export function buildStandIn(reads: LoadReads): string {
  return `#!/bin/sh
# Stands where the k6-operator looks for k6. Of the operator's arguments it takes the share of the load and the port that
# the operator looks at; ${RUNNER_FILE} does the rest, as in a Job.
set -u
here=\${0%/*}
left=$#
while [ "$left" -gt 0 ]; do
  case $1 in --execution-segment=* | --execution-segment-sequence=* | --address=*) set -- "$@" "$1" ;; esac
  shift
  left=$((left - 1))
done
# From here on k6 is that of the image.
PATH=\${PATH#"$here":}
export PATH
exec sh "$here/${RUNNER_FILE}" ${k6Arguments(reads).map(quote).join(' ')} "$@"
`;
}

/** One word for a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
