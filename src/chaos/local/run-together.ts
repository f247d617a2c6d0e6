/** Runs tasks at the same time. The first that fails calls the others off, and is what this rejects with once all have ended. */
export async function runTogether(
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(either);
      } catch (error) {
        failing.abort(error); // only the first reason is kept
      }
    }),
  );
  if (failing.signal.aborted) throw failing.signal.reason as Error;
}
