import { join } from 'node:path';
import { expect } from 'chai';
import { resultSchema, type Result } from '../../../src/experiments/result-schema.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import {
  anExporter,
  aPrometheus,
  type Exporter,
  prometheusBinary,
  type RunningPrometheus,
} from '../../support/a-prometheus.js';
import { anExperiment, aProject, type Project, removeProjects } from '../../support/a-project.js';
import { freePort } from '../../support/free-port.js';
import { requires } from '../../support/requirement.js';

const LONG_AGO_MS = 120_000;

/** Gauges that stand still, so that no reading depends on when it was scraped. */
function metrics(): string {
  return [
    'queue_length{queue="orders"} 5',
    'queue_length{queue="mails"} 2',
    'requests_served 0',
    `exported_once 1 ${Date.now() - LONG_AGO_MS}`,
    '',
  ].join('\n');
}

const ORDERS = 'max(queue_length{queue="orders"})';

function anObjective(query: string, limit: string, more: object = {}): object {
  return { prometheus: { query, reduce: 'max', step: '1s', ...more }, limit };
}

describe('objectives of a real Prometheus server', function () {
  this.timeout(240_000); // whole runs, on a machine that may be busy
  let exporter: Exporter | undefined;
  let server: RunningPrometheus | undefined;

  beforeEach(async function () {
    const binary = await prometheusBinary();
    requires(this, 'prometheus', binary);
    if (binary === undefined) return;
    exporter = await anExporter(metrics());
    server = await aPrometheus(binary, exporter);
  });

  afterEach(async () => {
    await removeProjects();
    await server?.stop();
    await exporter?.close();
    [server, exporter] = [undefined, undefined];
  });

  async function aMonitoredProject(url = '{{env.METRICS}}'): Promise<Project> {
    const project = await aProject();
    await project.write('plimsoll.yaml', {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Config',
      environments: {
        local: {
          driver: 'local',
          prometheus: { url, maxLag: '20s' },
          services: {
            orders: {
              command: ['node', join(packageRoot, 'demo', 'order-service.mjs')],
              labels: { app: 'orders' },
              port: project.port,
              readiness: { http: '/healthz', period: '50ms' },
            },
          },
        },
      },
    });
    return project;
  }

  const env = () => ({ METRICS: server?.url ?? '' });

  function sayings({ judgements }: Result): Record<string, string> {
    return Object.fromEntries(
      judgements.map(({ phase, objective, outcome, reason }) => [
        `${phase}: ${objective}`,
        `${outcome}: ${reason}`,
      ]),
    );
  }

  it('pass, breach, and are inconclusive for what is no number, no data, old data or many series', async () => {
    const project = await aMonitoredProject();
    const sla = {
      steady: [anObjective(ORDERS, '<= 10')],
      fault: [
        { ...anObjective(ORDERS, '<= 10', { name: 'orders waiting' }), warn: '4', weight: 2 },
        anObjective(ORDERS, '<= 3', { reduce: 'avg' }),
        anObjective(ORDERS, '<= 1.5x steady', { reduce: 'last' }),
        { prometheus: { query: 'max_over_time(requests_served[4s])', at: 'end' }, limit: '<= 0' },
        anObjective('requests_served / requests_served', '<= 1'),
        anObjective('no_such_metric', '<= 1'),
        anObjective('exported_once', '<= 1'),
        anObjective('queue_length', '<= 10'),
      ],
    };
    // Longer than a scrape takes to come on a busy machine.
    const phases = { steady: '4s', fault: '5s', recovery: '1s' };
    await project.write('delay.yaml', anExperiment({ phases, sla }));
    const { code, stdout, stderr } = await project.run(['run', 'delay.yaml', '--json'], env());
    expect(code, stderr).to.equal(1);
    const result = resultSchema.parse(JSON.parse(stdout));
    const said = sayings(result);
    const ofFault = (objective: string) => said[`fault: ${objective}`];
    expect(said[`steady: max of ${ORDERS} <= 10`]).to.match(/^pass: /);
    expect(ofFault('max of orders waiting <= 10')).to.equal(
      'pass: max of orders waiting 5 is within the limit of 10',
    );
    expect(ofFault(`avg of ${ORDERS} <= 3`)).to.equal(`breach: avg of ${ORDERS} 5 is over the limit of 3`);
    expect(ofFault(`last of ${ORDERS} <= 1.5x steady`)).to.match(/^pass: .* limit of 7.5 \(1.5x steady\)$/);
    expect(ofFault('max_over_time(requests_served[4s]) at the end <= 0')).to.match(/^pass: /);
    expect(ofFault('max of requests_served / requests_served <= 1')).to.match(/it was NaN throughout/);
    expect(ofFault('max of no_such_metric <= 1')).to.match(/the query gave no data in the fault phase$/);
    expect(ofFault('max of exported_once <= 1')).to.match(
      /newest sample is [2-9]m .* older than the fault phase$/,
    );
    expect(ofFault('max of queue_length <= 10')).to.match(
      /it gives 2 series, .*queue="\w+".*make one number/,
    );
    expect(result.judgements[1]?.warning).to.deep.include({ status: 'certain', limit: 4 });
    expect(result.score).to.deep.equal({ share: 0.5, met: 5, of: 10 });
    for (const one of result.observations ?? []) {
      const window = result.windows.find(({ phase }) => phase === one.phase)!;
      if (one.status === 'read') expect(one.firstMs).to.be.within(window.startMs - 1, window.endMs);
    }

    await server?.stop();
    server = undefined;
    const away = `http://127.0.0.1:${await freePort()}`;
    const again = await project.run(['judge', result.run.id, '--sla', 'delay.yaml', '--json'], {
      METRICS: away,
    });
    expect(sayings(JSON.parse(again.stdout) as Result), again.stderr).to.deep.equal(said);
    const stricter = { ...sla, fault: [anObjective(ORDERS, '<= 4'), anObjective(`${ORDERS} * 2`, '<= 12')] };
    await project.write('stricter.yaml', anExperiment({ sla: stricter }));
    const judged = await project.run(['judge', result.run.id, '--sla', 'stricter.yaml', '--json'], {
      METRICS: away,
    });
    const [, recorded, unrecorded] = (JSON.parse(judged.stdout) as Result).judgements;
    expect(recorded).to.include({ outcome: 'breach' });
    expect(unrecorded?.outcome).to.equal('inconclusive');
    expect(unrecorded?.reason).to.match(/not recorded in this run, and Prometheus at \S+ gives no answer/);
  });

  it('are judged over all trials of a run, by what the demo service exports', async () => {
    const project = await aMonitoredProject();
    const binary = await prometheusBinary();
    if (binary === undefined || exporter === undefined) throw new Error('it was there before');
    await server?.stop();
    server = await aPrometheus(binary, exporter, [project.port]);
    const accepted = 'sum(rate(orders_requests_total{status="201"}[3s]))';
    const inside =
      'histogram_quantile(0.95, sum by (le) (rate(orders_request_seconds_bucket{route="POST /orders"}[3s])))';
    const sla = {
      steady: [anObjective(accepted, '>= 1', { reduce: 'min' })],
      fault: [
        anObjective(inside, '<= 60', { name: 'p95 inside' }),
        anObjective(accepted, '>= 1'),
        'p99.9 <= 60s', // never clear, with so few requests: it takes another trial
      ],
    };
    const phases = { steady: '5s', fault: '6s', recovery: '1s' };
    await project.write('delay.yaml', { ...anExperiment({ phases, sla }), trials: 2 });
    const { stdout, stderr } = await project.run(['run', 'delay.yaml', '--json'], env());
    const result = resultSchema.parse(JSON.parse(stdout));
    const [steady, pass, counted] = result.judgements;
    expect(steady?.outcome, steady?.reason ?? stderr).to.equal('pass');
    expect(pass?.reason).to.match(/^max of p95 inside 0\.0\d+ is within the limit of 60$/);
    const points = (result.observations ?? []).filter(
      ({ phase, query }) => phase === 'fault' && query === accepted,
    );
    expect(points.length, result.verdict.reason).to.equal(2);
    expect(new Set(points.map(({ phaseStartMs }) => phaseStartMs)).size).to.equal(2);
    const numbers = points.flatMap((one) =>
      one.status === 'read' ? one.values.filter((value) => typeof value === 'number') : [],
    );
    expect(counted?.reading).to.include({ value: Math.max(...numbers), samples: numbers.length });
  });

  it('are asked for by a later judge where the server is there', async () => {
    const project = await aMonitoredProject();
    const phases = { steady: '1s', fault: '5s', recovery: '1s' };
    await project.write('delay.yaml', anExperiment({ phases }));
    const run = await project.run(['run', 'delay.yaml', '--json']);
    const {
      run: { id },
    } = JSON.parse(run.stdout) as Result;
    await project.write(
      'asks.yaml',
      anExperiment({ phases, sla: { fault: [anObjective(ORDERS, '<= 4'), anObjective(ORDERS, '<= 6')] } }),
    );
    const judged = await project.run(['judge', id, '--sla', 'asks.yaml', '--json'], env());
    const result = JSON.parse(judged.stdout) as Result;
    expect(result.judgements.map(({ outcome }) => outcome)).to.deep.equal(['breach', 'pass']);
    const [stored] = await project.results();
    expect(stored?.observations).to.equal(undefined);
  });

  it('stop a run before anything is touched where the server is away, or cannot read a query', async () => {
    const project = await aMonitoredProject();
    await project.write(
      'delay.yaml',
      anExperiment({ sla: { fault: [anObjective('sum(queue_length))', '<= 1')] } }),
    );
    const refused = await project.run(['plan', 'delay.yaml'], env());
    expect(refused.code, refused.stderr).to.equal(69);
    expect(refused.stdout).to.match(
      /refuses the query of "sum\(queue_length\)\)": .*parse error.*near "\w+\)\)"/,
    );
    expect(refused.stdout).to.include(`Prometheus at ${server?.url ?? ''}`);
    const away = `http://127.0.0.1:${await freePort()}`;
    const alone = await project.run(['run', 'delay.yaml'], { METRICS: away });
    expect(alone.code).to.equal(69);
    expect(alone.stderr).to.match(/gives no answer: connect ECONNREFUSED .*nothing was touched/s);
    const unset = await project.run(['plan', 'delay.yaml']);
    expect(unset.code).to.equal(64);
    expect(unset.stderr).to.include('environments.local.prometheus.url');
    const doctor = await project.run(['doctor'], { METRICS: away });
    expect(doctor.stdout).to.match(/environment local +Prometheus at \S+ gives no answer/);
  });

  it('that look back farther than their phase, or have no server, are warned of', async () => {
    const project = await aProject();
    await project.write(
      'delay.yaml',
      anExperiment({ sla: { fault: [anObjective('sum(rate(requests_served[1m]))', '<= 1')] } }),
    );
    const nowhere = await project.run(['plan', 'delay.yaml']);
    expect(nowhere.code, nowhere.stderr).to.equal(0);
    expect(nowhere.stdout).to.match(/the environment has no Prometheus server/);
    await project.write('plimsoll.yaml', {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Config',
      environments: {
        local: {
          driver: 'local',
          prometheus: { url: server?.url },
          services: { orders: { address: '127.0.0.1:9', port: project.port, labels: { app: 'orders' } } },
        },
      },
    });
    const backwards = await project.run(['plan', 'delay.yaml']);
    expect(backwards.stdout).to.match(/looks back 1m, and the fault phase takes 3 s/);
  });
});
