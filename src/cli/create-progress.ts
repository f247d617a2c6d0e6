import type { RunObserver } from '../experiments/run-observer.js';
import { formatClock } from '../report/format-moment.js';
import { printable } from '../report/printable.js';
import { sparkline } from '../report/sparkline.js';
import type { Clock, DurationMs, EpochMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';
import type { LiveRegion } from './live-region.js';
import { painter } from './paint.js';
import { createStepRows, describeTrial, type StepRow } from './step-rows.js';
import type { Output } from './terminal.js';

/** The display of one run. */
export interface Progress {
  readonly observer: RunObserver;
  /** Shows what is left to show, and nothing any more after it. `failed`: the last step did not come to its end. */
  readonly close: (how: 'done' | 'failed') => void;
}

/** For --quiet. */
export const SILENT_PROGRESS: Progress = {
  observer: { step: () => undefined, event: () => undefined, slice: () => undefined },
  close: () => undefined,
};

const REDRAW_MS = 200;
const SPARK_WIDTH = 24;

/** Moving lines on a terminal; elsewhere a line for each step, each event, and the numbers of each phase. */
export function createProgress(output: Output, region: LiveRegion, clock: Clock): Progress {
  return output.live ? createMovingLines(output, region, clock) : createLog(region, clock);
}

function createMovingLines(output: Output, region: LiveRegion, clock: Clock): Progress {
  const paint = painter(output);
  const rows = createStepRows();
  const closing = new AbortController();
  const draw = (endMark = paint('green', '✔')) => {
    const nowMs = clock.nowMs();
    const settled = rows.takeSettled(nowMs);
    const lines = settled.map((row, index) =>
      rowLine(
        row,
        index === settled.length - 1 && rows.open.length === 0 ? endMark : paint('green', '✔'),
        nowMs,
      ),
    );
    if (lines.length > 0) {
      region.draw([]);
      region.print(lines.map((line) => `${line}\n`).join(''));
    }
    const open = rows.open;
    region.draw(
      open.map((row, index) => {
        const running = index === open.length - 1;
        const line = rowLine(row, paint('cyan', running ? '▸' : '·'), nowMs);
        return running && row.plannedMs !== undefined
          ? `${line}   ${paint('cyan', sparkline(rows.p95s, SPARK_WIDTH))}${behind(rows.behindMs(nowMs))}`
          : line;
      }),
    );
  };
  void (async () => {
    for (;;) {
      await clock.sleep(REDRAW_MS, closing.signal).catch(() => undefined);
      if (closing.signal.aborted) return;
      draw();
    }
  })();
  return {
    observer: {
      step: (step) => {
        rows.step(step, clock.nowMs());
        draw();
      },
      event: (event) => {
        const inPhase = rows.open.at(-1)?.plannedMs !== undefined;
        rows.event(event);
        if (inPhase) region.print(`${paint('dim', `      ${printable(event.message)}`)}\n`);
        draw();
      },
      slice: (slice) => {
        rows.slice(slice);
        draw();
      },
      benchmark: (reading) => {
        rows.benchmark(reading);
      },
    },
    close: (how) => {
      if (closing.signal.aborted) return;
      closing.abort();
      rows.end(clock.nowMs());
      draw(how === 'done' ? undefined : paint('red', '✖'));
    },
  };
}

/** `  numbers 4 s behind`; a second of the load is there a second and a half after its end at the latest. */
function behind(ms: DurationMs): string {
  return ms < 1000 ? '' : `   numbers ${ticking(ms)} behind`;
}

/** `  ▸ fault    18 s / 30 s  p95 214 ms ...`; of what is over, the length it had. */
function rowLine(row: StepRow, mark: string, nowMs: EpochMs): string {
  const tookMs = (row.endedAtMs ?? nowMs) - row.startedAtMs;
  return `  ${mark} ${row.label.padEnd(8)} ${lengthOf(row, tookMs).padEnd(13)} ${row.detail}`.trimEnd();
}

function lengthOf(row: StepRow, tookMs: DurationMs): string {
  const isOver = row.endedAtMs !== undefined;
  if (row.plannedMs === undefined)
    return isOver ? (tookMs === 0 ? '' : formatDuration(tookMs)) : tookMs < 1000 ? '' : ticking(tookMs);
  const planned = formatDuration(row.plannedMs);
  if (!isOver) return `${ticking(Math.min(tookMs, row.plannedMs))} / ${planned}`;
  // A phase that was cut short says so.
  return row.plannedMs - tookMs < 500 ? planned : `${ticking(tookMs)} of ${planned}`;
}

/** Seconds that tick, rather than digits that flicker. */
function ticking(ms: DurationMs): string {
  return ms < 1000 ? '0 s' : formatDuration(Math.floor(ms / 1000) * 1000);
}

function createLog(region: LiveRegion, clock: Clock): Progress {
  const rows = createStepRows();
  let startedAtMs: EpochMs | undefined;
  let closed = false;
  const print = (atMs: EpochMs, text: string) => {
    startedAtMs ??= atMs;
    region.print(`  ${formatClock(Math.max(atMs - startedAtMs, 0)).padStart(5)}  ${text}\n`);
  };
  const printSettled = () => {
    for (const row of rows.takeSettled(clock.nowMs())) {
      if (row.plannedMs !== undefined && row.detail !== '')
        print(clock.nowMs(), `${row.label}: ${row.detail.replaceAll(/ {4,}/g, '   ')}`);
    }
  };
  return {
    observer: {
      step: (step) => {
        const nowMs = clock.nowMs();
        rows.step(step, nowMs);
        printSettled();
        if (step.kind === 'trial') print(nowMs, `trial ${describeTrial(step)}`);
        const row = step.kind === 'trial' ? undefined : rows.open.at(-1);
        if (row === undefined) return;
        const planned = row.plannedMs === undefined ? row.detail : formatDuration(row.plannedMs);
        print(nowMs, `${row.label} ${planned}`.trimEnd());
      },
      event: (event) => {
        rows.event(event);
        print(clock.nowMs(), `  ${printable(event.message)}`);
      },
      slice: (slice) => {
        rows.slice(slice);
        printSettled();
      },
      benchmark: (reading) => {
        rows.benchmark(reading);
      },
    },
    close: (how) => {
      if (closed) return;
      closed = true;
      rows.end(clock.nowMs());
      printSettled();
      if (how === 'failed') print(clock.nowMs(), 'the run did not come to its end');
    },
  };
}
