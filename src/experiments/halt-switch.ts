import { stat } from 'node:fs/promises';
import { messageOf } from '../shared/errors.js';
import type { DurationMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';
import { systemCode } from './cannot-write.js';

/** What operations hold in their hands to end a fault, whatever the experiment says. */
export type PlannedHalt = { readonly everyMs: DurationMs } &
  /** It is pulled while the file is there. */
  (
    | { readonly kind: 'file'; readonly path: string }
    /** It is pulled when the address does not answer 2xx. */
    | { readonly kind: 'http'; readonly url: string }
  );

export interface HaltSwitch {
  /** How long to wait between two looks. */
  readonly everyMs: DurationMs;
  /** Says why, where the switch is pulled. Never rejects: a switch that nobody can read is pulled. */
  look(signal: AbortSignal): Promise<string | undefined>;
}

/** An address that takes longer does not answer. */
const ANSWER_MS = 2000;

export function createHaltSwitch(halt: PlannedHalt): HaltSwitch {
  return {
    everyMs: halt.everyMs,
    look: async (signal) =>
      halt.kind === 'file' ? await lookForFile(halt.path) : await ask(halt.url, signal),
  };
}

/** The switch in a few words: `the file /srv/HALT is there`. */
export function describeHalt(halt: PlannedHalt): string {
  return halt.kind === 'file'
    ? `the file ${halt.path} is there (halt switch)`
    : `${halt.url} does not answer 2xx (halt switch)`;
}

async function lookForFile(path: string): Promise<string | undefined> {
  try {
    await stat(path);
    return `the halt switch was pulled: the file ${path} is there`;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return `the halt switch ${path} cannot be looked at: ${messageOf(error)}`;
  }
}

async function ask(url: string, signal: AbortSignal): Promise<string | undefined> {
  const late = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, late]),
      headers: { connection: 'close' },
    });
    await response.body?.cancel();
    return response.ok ? undefined : `the halt switch was pulled: ${url} answers ${response.status}`;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (late.aborted) {
      return `the halt switch was pulled: ${url} gave no answer within ${formatDuration(ANSWER_MS)}`;
    }
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return `the halt switch was pulled: ${url} gives no answer: ${messageOf(cause)}`;
  }
}
