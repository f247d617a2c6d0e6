import { expect } from 'chai';
import { checkQueries, queryFindings } from '../../../src/experiments/check-queries.js';
import { observeWindows } from '../../../src/experiments/observe-windows.js';
import type { Observation } from '../../../src/sla/observation.js';
import type { Evaluation } from '../../../src/sla/prometheus-query.js';
import { createAutoClock } from '../../support/auto-clock.js';
import { anSla } from '../../support/an-sla.js';
import { createFakeMetricSource, type Scrapes } from '../../support/fake-metric-source.js';

const START_MS = 100_000;
const END_MS = 110_000;
const EVERY_SECOND: Evaluation = { kind: 'range', stepMs: 1000, reduce: { kind: 'max' } };
const signal = new AbortController().signal;

/** Scrapes each second, at 400 ms of it, with the second as the value. */
function scraped(fromMs: number, toMs: number): Scrapes {
  const count = Math.max(0, Math.floor((toMs - fromMs) / 1000));
  return Array.from({ length: count }, (_, index) => {
    const atMs = fromMs + index * 1000 + 400;
    return [atMs, Math.floor(atMs / 1000)] as const;
  });
}

interface Asked {
  readonly query?: string;
  readonly evaluation?: Evaluation;
  readonly metrics?: Readonly<Record<string, readonly Scrapes[]>>;
  readonly refuse?: string;
}

async function observe({
  query = 'queue',
  evaluation = EVERY_SECOND,
  metrics = { queue: [scraped(START_MS - 5000, END_MS + 5000)] },
  refuse,
}: Asked = {}): Promise<{ readonly observation: Observation; readonly waitedMs: number }> {
  const clock = createAutoClock(END_MS);
  const source = createFakeMetricSource(metrics, {
    nowMs: () => clock.nowMs(),
    ...(refuse === undefined ? {} : { refuse }),
  });
  const [observation] = await observeWindows(
    {
      queries: [{ name: query, query, evaluation }],
      windows: [{ phase: 'fault', startMs: START_MS, endMs: END_MS }],
      known: [],
      source,
      clock,
    },
    signal,
  );
  if (observation === undefined) throw new Error('nothing was observed');
  return { observation, waitedMs: clock.nowMs() - END_MS };
}

function reasonOf(observation: Observation): string {
  return observation.status === 'missing' ? observation.reason : JSON.stringify(observation);
}

describe('observeWindows', () => {
  it('reads each point whose sample was scraped in the phase, up to its very end', async () => {
    const { observation } = await observe();
    expect(observation).to.deep.equal({
      phase: 'fault',
      query: 'queue',
      when: 'every 1 s',
      phaseStartMs: START_MS,
      status: 'read',
      firstMs: START_MS + 1000,
      stepMs: 1000,
      values: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
    });
  });

  it('waits until the end of the phase has been scraped, and no longer', async () => {
    const { waitedMs } = await observe();
    expect(waitedMs).to.be.within(400, 1000);
  });

  it('gives up on what stands still, and counts the points that it could not wait for as without data', async () => {
    const { observation, waitedMs } = await observe({
      metrics: { queue: [scraped(START_MS - 5000, START_MS + 5000)] },
    });
    expect(waitedMs).to.be.within(29_000, 31_000);
    expect(observation).to.deep.include({ values: [100, 101, 102, 103, null, null, null, null, null, null] });
    expect(observation).to.have.property('note', 'the newest sample is 5.6 s older than the last point');
    const stopped = await observe({ metrics: { queue: [scraped(START_MS - 70_000, START_MS - 60_000)] } });
    expect(stopped.waitedMs).to.equal(0);
    expect(reasonOf(stopped.observation)).to.match(/^its newest sample is 1m .* older than the fault phase$/);
  });

  it('begins behind the start of the phase by as much as the query looks back', async () => {
    const query = 'rate(queue[4s])';
    const metrics = {
      queue: [scraped(START_MS - 5000, END_MS + 5000)],
      [query]: [scraped(0, END_MS + 5000)],
    };
    const { observation } = await observe({ query, metrics });
    expect(observation).to.deep.include({ firstMs: START_MS + 4000 });
    const far = 'rate(queue[1m])';
    const one = await observe({ query: far, metrics: { ...metrics, [far]: [scraped(0, END_MS + 5000)] } });
    expect(one.observation).to.deep.include({ firstMs: END_MS, values: [109] });
  });

  it('asks once, at the end or some time after the start', async () => {
    const end = await observe({ evaluation: { kind: 'instant', at: 'end' } });
    expect(end.observation).to.deep.include({ when: 'at the end', firstMs: END_MS, values: [109] });
    const early = await observe({ evaluation: { kind: 'instant', at: 3000 } });
    expect(early.observation).to.deep.include({ when: 'after 3 s', values: [102] });
    const late = await observe({ evaluation: { kind: 'instant', at: 30_000 } });
    expect(reasonOf(late.observation)).to.equal(
      'it is to be asked after 30 s, and the fault phase took 10 s',
    );
  });

  it('says why there is nothing: no data, several series, a refusal, no server', async () => {
    expect((await observe({ metrics: {} })).observation).to.deep.include({
      values: Array.from({ length: 11 }, () => null),
    });
    const two = [scraped(START_MS, END_MS + 5000), scraped(START_MS, END_MS + 5000)];
    expect(reasonOf((await observe({ metrics: { queue: two } })).observation)).to.match(/^it gives 2 series/);
    expect(reasonOf((await observe({ refuse: 'queue' })).observation)).to.equal('1:3: parse error');
    const [nowhere] = await observeWindows(
      {
        queries: [{ name: 'queue', query: 'queue', evaluation: EVERY_SECOND }],
        windows: [{ phase: 'steady', startMs: 0, endMs: 10 }],
        known: [],
        source: undefined,
        clock: createAutoClock(0),
      },
      signal,
    );
    expect(reasonOf(nowhere!)).to.match(/^the environment has no Prometheus server/);
  });

  it('keeps what is no number apart from what is not there', async () => {
    const values = [NaN, Infinity, -Infinity, 1];
    const scrapes = values.map((value, index) => [START_MS + index * 1000 + 400, value] as const);
    const more = [END_MS + 400, 1] as const;
    const { observation } = await observe({ metrics: { queue: [[...scrapes, more]] } });
    expect(observation).to.deep.include({ values: [null, 'NaN', '+Inf', '-Inf', 1, 1, 1, 1, 1, 1, 1] });
  });
});

describe('what preflight finds of queries', () => {
  const sla = (query: string) => ({
    ...anSla({}),
    fault: [
      {
        text: 'queue',
        indicator: { kind: 'prometheus', query: { name: 'queue', query, evaluation: EVERY_SECOND } },
        tags: {},
        comparator: '<=',
        limit: { kind: 'absolute', value: 1 },
      },
    ] as const,
  });
  const phasesMs = { steady: 10_000, fault: 30_000, recovery: 10_000 };

  it('stops for a refused query, with the characters that are meant', async () => {
    const source = createFakeMetricSource(
      { 'time()': [[[0, 0]]] },
      { nowMs: () => 0, refuse: 'queue{job="a" bad}' },
    );
    const [finding] = await checkQueries(source, [{ name: 'q', query: 'queue{job="a" bad}' }], signal);
    expect(finding).to.include({ severity: 'stop', code: 'query-refused' });
    expect(finding?.message).to.equal(
      'Prometheus refuses the query of "q": 1:3: parse error (near "queue{job="a" ")',
    );
  });

  it('warns of a range that is longer than its phase, and of no server', () => {
    const codes = (query: string, hasSource: boolean) =>
      queryFindings({ sla: sla(query), phasesMs }, hasSource).map(({ code }) => code);
    expect(codes('rate(x[30s])', true)).to.deep.equal([]);
    expect(codes('rate(x[1m])', true)).to.deep.equal(['query-looks-back']);
    expect(codes('x', false)).to.deep.equal(['no-prometheus']);
    expect(queryFindings({ sla: anSla({}), phasesMs }, false)).to.deep.equal([]);
  });
});
