import type { MetricSource } from '../observe/metric-source.js';
import { readPromql } from '../observe/read-promql.js';
import type { Finding } from '../shared/finding.js';
import type { DurationMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';
import type { JudgedPhase, Sla } from '../sla/objective.js';
import { JUDGED_PHASES } from '../sla/objective.js';
import { queriesOf } from './queries-of.js';

/** Asks the server for its time and for each query, once. Nothing is found where it is well and understands them. */
export async function checkQueries(
  source: MetricSource,
  queries: readonly { readonly query: string; readonly name: string }[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const alive = await source.query('time()', undefined, signal);
  if (alive.status !== 'answered') {
    return [
      {
        severity: 'stop',
        code: 'prometheus-unreachable',
        message: alive.reason,
        remedy: 'start it, or correct "prometheus" of the environment in plimsoll.yaml',
      },
    ];
  }
  const findings = await Promise.all(queries.map((query) => checkQuery(source, query, signal)));
  return findings.flat();
}

async function checkQuery(
  source: MetricSource,
  { query, name }: { readonly query: string; readonly name: string },
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const answer = await source.query(query, undefined, signal);
  if (answer.status === 'answered') {
    const { length } = answer.series;
    if (length <= 1) return [];
    return [
      {
        severity: 'warning',
        code: 'several-series',
        message: `the query of "${name}" gives ${length} series now; with more than one its objective is inconclusive`,
        remedy: 'make one number of them in the query, such as max(...) or sum(...)',
      },
    ];
  }
  return [
    {
      severity: 'stop',
      code: answer.status === 'refused' ? 'query-refused' : 'prometheus-unreachable',
      message:
        answer.status === 'refused'
          ? `Prometheus refuses the query of "${name}": ${answer.reason}${nearby(query, answer.reason)}`
          : answer.reason,
      remedy: answer.status === 'refused' ? `try it there: ${source.address}/graph` : '',
    },
  ];
}

/** How many characters are shown on each side of a place. */
const AROUND = 12;

/** The characters round the place that `1:12: parse error` means: nobody counts to twelve. */
function nearby(query: string, reason: string): string {
  const [, line = '', column = ''] = /\b(\d+):(\d+): /.exec(reason) ?? [];
  if (column === '') return '';
  const text = query.split('\n')[Number(line) - 1] ?? '';
  const at = Number(column) - 1;
  return ` (near "${text.slice(Math.max(0, at - AROUND), at + AROUND)}")`;
}

/** What no server need be asked for: where there is none, and where a query looks back farther than its phase. */
export function queryFindings(
  { sla, phasesMs }: { readonly sla: Sla; readonly phasesMs: Readonly<Record<JudgedPhase, DurationMs>> },
  hasSource: boolean,
): readonly Finding[] {
  if (queriesOf(sla).length > 0 && !hasSource) {
    return [
      {
        severity: 'warning',
        code: 'no-prometheus',
        message: 'the environment has no Prometheus server: objectives that ask one will be inconclusive',
        remedy: 'name it in plimsoll.yaml: environments.NAME.prometheus.url',
      },
    ];
  }
  return JUDGED_PHASES.flatMap((phase) =>
    queriesOf(sla, [phase]).flatMap(({ query, name }): readonly Finding[] => {
      const { lookbackMs } = readPromql(query);
      if (lookbackMs <= phasesMs[phase]) return [];
      return [
        {
          severity: 'warning',
          code: 'query-looks-back',
          message: `the query of "${name}" looks back ${formatDuration(lookbackMs)}, and the ${phase} phase takes ${formatDuration(phasesMs[phase])}: its reading will have in it what was before the phase`,
          remedy: `give it a range within the phase, or make the ${phase} phase longer`,
        },
      ];
    }),
  );
}
