import { PlimsollError } from '../shared/errors.js';
import { type Outcome, OUTCOMES } from '../shared/outcome.js';
import type { Sla } from '../sla/objective.js';
import { judgeAgain } from './judge-result.js';
import { listRuns, type RunEntry } from './list-runs.js';
import { readResult } from './read-result.js';
import type { Result } from './result-schema.js';

/** What a stored run was, and what it would have been. */
export interface BacktestRow {
  readonly experiment: string;
  readonly runId: string;
  readonly then: Pick<Result['verdict'], 'outcome' | 'reason'>;
  readonly now: Pick<Result['verdict'], 'outcome' | 'reason'>;
}

/** Two runs of one experiment, one after the other, that came to different outcomes. */
export interface Flips {
  /** How many such pairs there are to differ. */
  readonly pairs: number;
  readonly then: number;
  readonly now: number;
}

export interface Backtest {
  /** By experiment, of each the oldest first. */
  readonly runs: readonly BacktestRow[];
  readonly counts: Readonly<Record<'then' | 'now', Readonly<Record<Outcome, number>>>>;
  readonly flips: Flips;
  /** Runs that cannot be judged, with the reason. */
  readonly skipped: readonly {
    readonly experiment: string;
    readonly runId: string;
    readonly reason: string;
  }[];
}

export interface BacktestOptions {
  /** Only runs of this experiment. */
  readonly experiment?: string;
  /** What "of baseline" means. */
  readonly baseline?: Result;
  /** Whether the thresholds of a run's own script are judged with them; they are by default. */
  readonly thresholds?: 'judge' | 'ignore';
}

/** Judges every stored run below a folder by other objectives. Nothing is run, and nothing is written. */
export async function backtest(
  reports: string,
  sla: Sla,
  { experiment, baseline, thresholds }: BacktestOptions = {},
): Promise<Backtest> {
  const entries = (await listRuns(reports))
    .filter((entry) => experiment === undefined || entry.experiment === experiment)
    .toSorted((a, b) => compareText(a.experiment, b.experiment) || compareText(a.runId, b.runId));
  const runs: BacktestRow[] = [];
  const skipped: Backtest['skipped'][number][] = [];
  for (const entry of entries) {
    const read = await readEntry(entry, reports); // one at a time: a result may be large
    const { experiment: name, runId } = entry;
    if (typeof read === 'string') {
      skipped.push({ experiment: name, runId, reason: read });
    } else {
      const now = judgeAgain(read, sla, baseline, thresholds);
      runs.push({ experiment: name, runId, then: outcomeOf(read), now: outcomeOf(now) });
    }
  }
  return {
    runs,
    counts: { then: countOutcomes(runs, 'then'), now: countOutcomes(runs, 'now') },
    flips: countFlips(runs),
    skipped,
  };
}

/** How often neighbouring runs of one experiment differ; the runs stand by experiment, and in order of time. */
export function countFlips(runs: readonly Pick<BacktestRow, 'experiment' | 'then' | 'now'>[]): Flips {
  const pairs = runs.flatMap((run, index) => {
    const next = runs[index + 1];
    return next?.experiment === run.experiment ? [[run, next] as const] : [];
  });
  const differing = (when: 'then' | 'now') =>
    pairs.filter(([run, next]) => run[when].outcome !== next[when].outcome).length;
  return { pairs: pairs.length, then: differing('then'), now: differing('now') };
}

/** The result, or why there is none. */
async function readEntry({ folder, status }: RunEntry, reports: string): Promise<Result | string> {
  if (status === 'without-result') return 'it has no result: it goes on still, or died before its end';
  try {
    return (await readResult(folder, reports)).result;
  } catch (error) {
    if (error instanceof PlimsollError) return error.message;
    throw error;
  }
}

function outcomeOf({ verdict: { outcome, reason } }: Result): BacktestRow['then'] {
  return { outcome, reason };
}

function countOutcomes(runs: readonly BacktestRow[], when: 'then' | 'now'): Record<Outcome, number> {
  const count = (outcome: Outcome) => runs.filter((run) => run[when].outcome === outcome).length;
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
