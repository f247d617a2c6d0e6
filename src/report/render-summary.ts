import type { Result } from '../experiments/result-schema.js';
import type { Outcome } from '../shared/outcome.js';
import { benchmarkLines } from './benchmark-lines.js';
import { describeChange } from './describe-change.js';
import { describeScore, isWeighted } from './describe-score.js';
import { caveatsBesideReasons, describeVerdict, isReason, OUTCOME_MARKS } from './describe-verdict.js';
import { printable } from './printable.js';
import { sweepCommand } from './shell-command.js';
import { describeTrials } from './view-trials.js';
import { viewObjectives, type ObjectiveView } from './view-objectives.js';

export interface SummaryOptions {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Shown at the end, as the reader would open it; left out where no report was written. */
  readonly reportPath?: string;
}

/** Codes of ANSI terminals. */
const COLOURS: Readonly<Record<Outcome, number>> = { pass: 32, inconclusive: 33, breach: 31 };
const BOLD = 1;

type Paint = (codes: readonly number[], text: string) => string;

/** The verdict for a terminal: the same words as in the report. Ends with a line end. */
export function renderSummary(result: Result, options: SummaryOptions): string {
  const verdict = describeVerdict(result);
  const paint: Paint = (codes, text) =>
    options.colour ? `\u001b[${codes.join(';')}m${text}\u001b[0m` : text;
  const change = describeChange(result);
  const score = describeScore(result);
  const trials = describeTrials(result);
  const lines = [
    ...verdict.mayBeLive.flatMap((fault) =>
      wrap(paint([BOLD, COLOURS.breach], 'LIVE FAULT?'), 'LIVE FAULT?  '.length, fault, options.width),
    ),
    ...verdict.leftBehind.flatMap((thing) =>
      wrap(paint([BOLD, COLOURS.breach], 'LEFT BEHIND'), 'LEFT BEHIND  '.length, thing, options.width),
    ),
    // Never folded, so that it can be copied.
    ...(verdict.mayBeLive.length + verdict.leftBehind.length === 0
      ? []
      : [`  look, and clean up:  ${printable(sweepCommand(result))}`]),
    ...wrap(
      paint([BOLD, COLOURS[verdict.outcome]], verdict.word),
      verdict.word.length + 2,
      verdict.headline,
      options.width,
    ),
    ...verdict.details
      .filter((_, index) => verdict.outcome !== 'pass' || index > 0)
      .flatMap((detail) => wrap('', 2, detail, options.width)),
    ...objectiveLines(viewObjectives(result), verdict.headline, options.width, paint),
    ...(score === undefined || !isWeighted(result.judgements)
      ? []
      : wrap('  score', 9, score, options.width)),
    ...(change === undefined ? [] : wrap('', 2, change, options.width)),
    ...benchmarkLines(result).flatMap((line) => wrap('', 2, line, options.width)),
    ...(trials === undefined ? [] : wrap('', 2, trials, options.width)),
    ...caveatsBesideReasons(verdict, result).flatMap((caveat) =>
      wrap(`  ${paint([COLOURS.inconclusive], 'caveat')}`, '  caveat  '.length, caveat, options.width),
    ),
    ...(options.reportPath === undefined ? [] : [`report  ${printable(options.reportPath)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param headline what needs not be said again of each objective */
function objectiveLines(
  views: readonly ObjectiveView[],
  headline: string,
  width: number,
  paint: Paint,
): readonly string[] {
  const rows = views.map((view) => ({
    view,
    phase: view.phase,
    objective: printable(view.limit === '' ? view.objective : `${view.objective} (${view.limit})`),
    reading: printable(view.interval === '' ? view.reading : `${view.reading} (${view.interval})`),
    margin: view.margin,
    basis: view.reading === '–' ? '' : `(${printable(view.basis)})`,
  }));
  const widest = (text: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => text(row).length));
  const [phase, objective, reading, margin, basis] = [
    widest((row) => row.phase),
    widest((row) => row.objective),
    widest((row) => row.reading),
    widest((row) => row.margin),
    widest((row) => row.basis),
  ];
  const hasIntervals = views.some((view) => view.interval !== '');
  const needed = 4 + phase + 2 + objective + 2 + reading + 2 + margin;
  const showsBasis = needed + 2 + basis <= width;
  return rows.flatMap((row) => {
    const line = [
      row.phase.padEnd(phase),
      row.objective.padEnd(objective),
      hasIntervals ? row.reading.padEnd(reading) : row.reading.padStart(reading),
      row.margin.padEnd(margin),
      ...(showsBasis ? [row.basis] : []),
    ].join('  ');
    const { outcome, reason: why, still } = row.view;
    const reason =
      outcome === 'inconclusive' && !isReason(headline, why) && !headline.endsWith(`: ${why}`)
        ? wrap('', 6, why.replace(`: ${headline}`, ': see above'), width)
        : still === '' || headline.includes(still)
          ? []
          : wrap('', 6, still, width);
    const warning =
      row.view.warning === ''
        ? []
        : wrap(`      ${paint([COLOURS.inconclusive], 'warning')}`, 15, row.view.warning, width);
    return [
      `  ${paint([COLOURS[row.view.outcome]], OUTCOME_MARKS[row.view.outcome])} ${line}`.trimEnd(),
      ...reason,
      ...warning,
    ];
  });
}

/** The text after its label, folded at spaces to the width, with all further lines indented as the first. */
function wrap(label: string, indent: number, text: string, width: number): readonly string[] {
  const room = Math.max(width - indent, 20);
  const lines: string[] = [];
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const margin = ' '.repeat(indent);
  return lines.map((line, index) => (index === 0 && label !== '' ? `${label}  ${line}` : `${margin}${line}`));
}
