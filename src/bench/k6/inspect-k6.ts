import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlannedLoad } from '../load-generator.js';
import type { ScriptThreshold } from '../script-threshold.js';
import { captureOutput } from '../process/capture-output.js';
import { explainExit } from './explain-exit.js';
import { inspectCommand, k6Environment } from './k6-command.js';
import { k6LoadOf, type K6Load } from './k6-load.js';
import { lastWordsOf } from './last-words.js';
import type { InspectedOptions } from './own-schedule.js';
import { readThresholds, type InspectedThresholds } from './script-thresholds.js';
import type { K6Options } from './start-k6.js';
import { writeModules } from './write-modules.js';

/** A script may read large files before it runs. */
const DEADLINE_MS = 60_000;

/** The options of a load as k6 has evaluated them, or what it does not like. */
export type InspectedK6 =
  | {
      readonly status: 'read';
      readonly options: InspectedOptions & { readonly thresholds?: InspectedThresholds | null };
    }
  | { readonly status: 'refused'; readonly words: string };

/** Two questions about one load ask k6 once. */
export function createInspector(
  options: Pick<K6Options, 'binary' | 'runId'>,
): (load: PlannedLoad, signal: AbortSignal) => Promise<InspectedK6> {
  const asked = new WeakMap<PlannedLoad, Promise<InspectedK6>>();
  return (load, signal) => {
    const answer = asked.get(load) ?? inspectK6(k6LoadOf(load), options, signal);
    asked.set(load, answer);
    return answer;
  };
}

/** The thresholds of a script; none where k6 refuses it, which preflight tells. */
export function thresholdsOf(inspected: InspectedK6): readonly ScriptThreshold[] {
  return inspected.status === 'read' ? readThresholds(inspected.options.thresholds) : [];
}

/** Lets k6 evaluate what it is to run, without running it, in a folder that is gone afterwards. */
async function inspectK6(
  load: K6Load,
  { binary, runId }: Pick<K6Options, 'binary' | 'runId'>,
  signal: AbortSignal,
): Promise<InspectedK6> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-preflight-'));
  try {
    const command = inspectCommand(binary, await writeModules(load, folder, binary));
    const env = k6Environment(load, runId);
    const output = await captureOutput(command, { env, deadlineMs: DEADLINE_MS }, signal);
    if (output.status === 'failed') {
      return { status: 'refused', words: `"k6 inspect" failed: ${output.reason}` };
    }
    if (output.code !== 0) {
      const words = lastWordsOf(output.stderr);
      return { status: 'refused', words: words === '' ? explainExit(output.code) : words };
    }
    return {
      status: 'read',
      options: JSON.parse(output.stdout) as Extract<InspectedK6, { status: 'read' }>['options'],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
