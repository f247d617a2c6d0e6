import type { Context } from 'mocha';

/**
 * Leaves a test pending, with the reason in its title, where something that it needs is not on this machine.
 * PLIMSOLL_CI=1 says that everything has been installed: there it fails instead.
 */
export function requires(context: Context, name: string, found: unknown): void {
  if (found !== undefined) return;
  if (process.env.PLIMSOLL_CI === '1') throw new Error(`${name} is missing, and PLIMSOLL_CI=1 promises it`);
  // In a beforeEach hook `test` is the hook.
  const test = context.currentTest ?? context.test;
  if (test) test.title += ` (needs ${name}, which was not found)`;
  context.skip();
}

/** What a process has open is read from /proc. */
export function requiresProcfs(context: Context): void {
  requires(context, 'the /proc of Linux', process.platform === 'linux' ? '/proc' : undefined);
}
