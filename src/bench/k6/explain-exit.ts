/** What an exit code of k6 means. Only 99 speaks of the script's thresholds, which are switched off in a run. */
const MEANINGS: Readonly<Record<number, string>> = {
  97: 'k6 cloud reported a failed run',
  99: "a threshold of the script's own was crossed",
  100: 'setup() took longer than its setupTimeout',
  101: 'teardown() took longer than its teardownTimeout',
  102: 'a deadline of k6 passed',
  103: 'the run was stopped through the REST API of k6',
  104: 'k6 does not accept the options',
  105: 'somebody sent k6 a signal',
  106: 'the REST API of k6 could not start',
  107: 'the script threw an exception',
  108: 'the script ended the run with exec.test.abort()',
  109: 'the script made k6 panic',
  110: 'the script marked the run as failed with exec.test.fail()',
};

/** `k6 exited with code 107: the script threw an exception`. */
export function explainExit(code: number): string {
  const meaning = MEANINGS[code];
  return meaning === undefined ? `k6 exited with code ${code}` : `k6 exited with code ${code}: ${meaning}`;
}

/** The ways in which k6 ends after a SIGINT when nothing else went wrong. */
export function isExpectedAfterInterrupt(code: number): boolean {
  return code === 0 || code === 99 || code === 105 || code === 110;
}
