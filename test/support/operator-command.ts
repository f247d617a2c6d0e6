/**
 * The command line that the k6-operator gives to a runner, word by word (pkg/resources/jobs/runner.go).
 *
 * @param index from 1
 */
export function operatorCommand(
  {
    name,
    script,
    runners,
    isPaused,
    address,
  }: {
    readonly name: string;
    /** Where it lies in the pod. */
    readonly script: string;
    readonly runners: number;
    readonly isPaused: boolean;
    readonly address: string;
  },
  index: number,
): readonly string[] {
  const part = (at: number): string => (at === 0 ? '0' : at === runners ? '1' : `${at}/${runners}`);
  const parts = Array.from({ length: runners + 1 }, (_, at) => part(at));
  return [
    ...['k6', 'run', '--quiet'],
    ...(runners === 1
      ? []
      : [
          `--execution-segment=${part(index - 1)}:${part(index)}`,
          `--execution-segment-sequence=${parts.join(',')}`,
        ]),
    script,
    `--address=${address}`,
    ...(isPaused ? ['--paused'] : []),
    ...['--tag', `instance_id=${index}`],
    ...['--tag', `testrun_name=${name}`],
  ];
}
