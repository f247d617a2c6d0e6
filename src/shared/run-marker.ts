/** In the environment of every process of a run, so that a sweep finds those that nobody recorded. */
export const RUN_MARKER = 'PLIMSOLL_RUN_ID';

/** What a process of the run gets into its environment. */
export function runMarker(runId: string): Readonly<Record<string, string>> {
  return { [RUN_MARKER]: runId };
}
