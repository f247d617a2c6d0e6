import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordedProcess } from '../shared/run-recorder.js';
import type { RunIntent } from './journal.js';

const intentSchema = z.object({
  kind: z.literal('run'),
  runId: z.string(),
  experiment: z.string(),
  environment: z.string(),
  owner: z.object({ pid: z.int().positive(), startToken: z.string().min(1) }),
  startedAt: z.string(),
  temporaryFolders: z.array(z.string()).readonly(),
  faultKinds: z.array(z.string()).readonly().optional(),
});

const entrySchema = z.discriminatedUnion('kind', [
  intentSchema,
  z.object({
    kind: z.literal('process'),
    pid: z.int(),
    startToken: z.string(),
    role: z.string(),
    group: z.boolean(),
  }),
  z.object({ kind: z.literal('fault-requested'), name: z.string() }),
  z.object({ kind: z.literal('fault-recovered'), name: z.string() }),
]);

/** One line of a journal. The first one is the run's intent. */
export type JournalEntry = z.output<typeof entrySchema>;

export interface JournalContent {
  readonly intent: RunIntent;
  readonly processes: readonly RecordedProcess[];
  /** The faults that were asked for, and not proven gone since. */
  readonly liveFaults: readonly string[];
}

/** Where the journals of a state folder lie, one `<runId>.jsonl` for each run. */
export function journalFolder(stateFolder: string): string {
  return join(stateFolder, 'runs');
}

export function journalPath(stateFolder: string, runId: string): string {
  return join(journalFolder(stateFolder), `${runId}.jsonl`);
}

export function journalLine(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * What a journal tells; undefined where not even its intent can be read. A line that a crash or a full disk cut off
 * is passed over: what it would have said had not been promised to anybody.
 */
export function parseJournal(text: string): JournalContent | undefined {
  const [first, ...others] = text.split('\n').map(parseLine);
  if (first?.kind !== 'run') return undefined;
  const { runId, experiment, environment, owner, startedAt, temporaryFolders, faultKinds } = first;
  const processes: RecordedProcess[] = [];
  const liveFaults = new Set<string>();
  for (const entry of others) {
    if (entry?.kind === 'process') {
      const { pid, startToken, role, group } = entry;
      processes.push({ pid, startToken, role, group });
    } else if (entry?.kind === 'fault-requested') liveFaults.add(entry.name);
    else if (entry?.kind === 'fault-recovered') liveFaults.delete(entry.name);
  }
  return {
    intent: {
      ...{ runId, experiment, environment, owner, startedAt, temporaryFolders },
      ...(faultKinds === undefined ? {} : { faultKinds }),
    },
    processes,
    liveFaults: [...liveFaults],
  };
}

/** Removes the journal of a dead run of which nothing is left. It is no error that there is none. */
export async function removeJournal(stateFolder: string, runId: string): Promise<void> {
  await rm(journalPath(stateFolder, runId), { force: true });
}

function parseLine(line: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return entrySchema.safeParse(value).data;
}
