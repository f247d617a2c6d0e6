import type { Result } from '../experiments/result-schema.js';
import { OUTCOMES, type Outcome } from '../shared/outcome.js';
import { benchmarkCells } from './benchmark-lines.js';
import { describeChange } from './describe-change.js';
import { describeScore, isWeighted } from './describe-score.js';
import { describeVerdict, outcomeWord, type VerdictDescription } from './describe-verdict.js';
import { gatherSlices } from './gather-slices.js';
import { runCommand, sweepCommand } from './shell-command.js';
import { sparkline } from './sparkline.js';
import { viewIndexRows, type IndexEntry } from './view-index.js';
import { describeTrials } from './view-trials.js';
import { viewObjectives, type ObjectiveView } from './view-objectives.js';

const EMOJI: Readonly<Record<Outcome, string>> = { pass: '✅', inconclusive: '⚠️', breach: '❌' };

/**
 * A comment for a pull request: of one run its verdict and objectives, of several their matrix. Begins with an
 * invisible marker, so that a later run can find the comment and replace it.
 */
export function renderMarkdown(entries: IndexEntry | readonly IndexEntry[]): string {
  const list = isList(entries) ? entries : [entries];
  const [only, ...others] = list;
  const lines = only !== undefined && others.length === 0 ? runLines(only) : matrixLines(list);
  return `${lines.join('\n')}\n`;
}

function isList(entries: IndexEntry | readonly IndexEntry[]): entries is readonly IndexEntry[] {
  return Array.isArray(entries);
}

function runLines({ result, href }: IndexEntry): readonly string[] {
  const verdict = describeVerdict(result);
  const change = describeChange(result);
  const trials = describeTrials(result);
  return [
    `<!-- plimsoll ${result.experiment.name.replaceAll(/[^\w.-]|--+/g, '')} -->`,
    `### ${EMOJI[verdict.outcome]} ${verdict.word} ${escapeMarkdown(verdict.headline)}`,
    '',
    ...alarmLines(verdict, sweepCommand(result)),
    `**${escapeMarkdown(result.experiment.name)}**: ${escapeMarkdown(result.experiment.hypothesis)}`,
    '',
    ...objectiveTable(result),
    ...(change === undefined ? [] : [escapeMarkdown(change), '']),
    ...benchmarkTable(result),
    ...(trials === undefined ? [] : [escapeMarkdown(trials), '']),
    ...sparkLines(result),
    ...verdict.caveats.map((caveat) => `- ${escapeMarkdown(caveat)}`),
    ...(verdict.caveats.length === 0 ? [] : ['']),
    ...(href === '' ? [] : [`[Report](${linkTarget(href)})`, '']),
    `Again: ${code(runCommand(result))}`,
    '',
    `<sub>run ${escapeMarkdown(result.run.id)}, Plimsoll ${escapeMarkdown(result.versions.plimsoll)}</sub>`,
  ];
}

function alarmLines({ mayBeLive, leftBehind }: VerdictDescription, command: string): readonly string[] {
  const lines = [
    ...mayBeLive.map((fault) => `> **A fault may still be live.** ${escapeMarkdown(fault)}`),
    ...leftBehind.map((thing) => `> **Left behind.** ${escapeMarkdown(thing)}`),
  ];
  return lines.length === 0 ? [] : [...lines.flatMap((line) => [line, '>']), `> ${code(command)}`, ''];
}

function objectiveTable(result: Result): readonly string[] {
  const views = viewObjectives(result);
  if (views.length === 0) return [];
  const score = describeScore(result);
  return [
    '| | phase | objective | reading | margin |',
    '|---|---|---|---:|---|',
    ...views.map(
      (view) =>
        `| ${EMOJI[view.outcome]} ${view.word} | ${view.phase} | ${code(view.objective)}${view.limit === '' ? '' : ` (${escapeMarkdown(view.limit)})`} | ${readingCell(view)} | ${escapeMarkdown(view.margin)} |`,
    ),
    '',
    ...views.flatMap(({ warning }) => (warning === '' ? [] : [`- **Warning:** ${escapeMarkdown(warning)}`])),
    ...(score === undefined || !isWeighted(result.judgements) ? [] : [`- Score ${escapeMarkdown(score)}`]),
    '',
  ].filter((line, index, lines) => line !== '' || lines[index - 1] !== '');
}

function benchmarkTable(result: Result): readonly string[] {
  const rows = benchmarkCells(result);
  if (rows.length === 0) return [];
  return [
    '| benchmark | unit | steady | fault | to steady | recovery | to steady |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows.map((cells) => `| ${cells.map(escapeMarkdown).join(' | ')} |`),
    '',
  ];
}

function readingCell(view: ObjectiveView): string {
  if (view.reading === '–') return escapeMarkdown(view.basis);
  const interval = view.interval === '' ? '' : ` (${view.interval})`;
  return `**${escapeMarkdown(view.reading)}**${escapeMarkdown(interval)}, ${escapeMarkdown(view.basis)}`;
}

/** The p95 of each second as a row of blocks, phase by phase. */
function sparkLines(result: Result): readonly string[] {
  const points = gatherSlices(result.series);
  const phases = (['steady', 'fault', 'recovery'] as const).map((phase) => ({
    phase,
    values: points.filter((point) => point.phase === phase).map((point) => point.p95Ms),
  }));
  const all = phases.flatMap(({ values }) => values);
  if (all.every((value) => value === null)) return [];
  const blocks = sparkline(all, 72);
  const perValue = blocks.length / all.length;
  let at = 0;
  const parts = phases
    .filter(({ values }) => values.length > 0)
    .map(({ phase, values }) => {
      const from = Math.round(at * perValue);
      at += values.length;
      return `${phase} ${blocks.slice(from, Math.round(at * perValue))}`;
    });
  return ['```', `p95  ${parts.join('  ')}`, '```', ''];
}

function matrixLines(entries: readonly IndexEntry[]): readonly string[] {
  const { outcome, rows, counts } = viewIndexRows(entries);
  return [
    '<!-- plimsoll baseline -->',
    `### ${EMOJI[outcome]} ${outcomeWord(outcome)} ${OUTCOMES.map((each) => `${counts[each]} ${each}`).join(', ')}`,
    '',
    '| | experiment | fault | p95 steady | p95 fault | ratio | p99 steady | p99 fault | recovery | tightest |',
    '|---|---|---|---:|---:|---:|---:|---:|---:|---|',
    ...rows.map((row) => {
      const name = escapeMarkdown(row.name);
      return `| ${EMOJI[row.outcome]} ${row.word} | ${row.href === '' ? name : `[${name}](${linkTarget(row.href)})`} | ${escapeMarkdown(row.fault)} | ${row.p95.before} | ${row.p95.after} | ${row.p95.ratio} | ${row.p99.before} | ${row.p99.after} | ${row.recovery} | ${escapeMarkdown(row.tightest === '' ? row.margin : `${row.tightest}: ${row.margin}`)} |`;
    }),
    '',
    ...rows
      .filter((row) => row.outcome !== 'pass')
      .map((row) => `- **${row.word}** ${escapeMarkdown(row.name)}: ${escapeMarkdown(row.headline)}`),
  ];
}

/** Text that stays text: no emphasis, no cell border, no HTML, and nobody is notified by an @. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b');
}

/** A code span with a fence longer than any run of backticks inside; a `|` in it would still end a table's cell. */
function code(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}

function linkTarget(href: string): string {
  return encodeURI(href).replaceAll('(', '%28').replaceAll(')', '%29');
}
