import type { Journal } from '../../src/experiments/journal.js';

/** A journal that remembers what it was told. */
export function createFakeJournal(): Journal & { readonly entries: readonly string[] } {
  const entries: string[] = [];
  const note = (entry: string): Promise<void> => {
    entries.push(entry);
    return Promise.resolve();
  };
  return {
    entries,
    begin: () => note('begin'),
    processStarted: ({ role }) => note(`process ${role}`),
    faultRequested: (name) => note(`requested ${name}`),
    faultRecovered: (name) => note(`recovered ${name}`),
    close: () => note('close'),
  };
}
