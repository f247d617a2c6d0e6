import type { RunnerParts } from '../../src/bench/runners/runner-engine.js';
import { READS_NOTHING } from '../../src/bench/load-reads.js';
import type { KubeClient } from '../../src/shared/kubernetes/kube-client.js';
import { aScriptLoad } from './k6-bench.js';
import { realClock } from './real-clock.js';

/** What an engine of runners gets, with every setting that an environment can have. */
export function someRunnerParts(client: KubeClient, overrides: Partial<RunnerParts> = {}): RunnerParts {
  return {
    name: 'k6-run-1',
    runId: 'run-1',
    runners: 3,
    reads: READS_NOTHING,
    image: 'grafana/k6:2.2.0',
    config: {
      engine: 'k6-operator',
      namespace: 'load',
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: ['registry'],
      serviceAccount: 'k6',
      nodeSelector: { pool: 'load' },
      tolerations: [{ key: 'load', operator: 'Exists' }],
      resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '1Gi' } },
      labels: { team: 'orders' },
    },
    variables: ['TOKEN'],
    longestSeconds: 600,
    client,
    clock: realClock,
    load: aScriptLoad('/load/script.js', { env: { TOKEN: 'secret' } }),
    archive: () => Promise.resolve({ tar: Buffer.from('tar'), packed: Buffer.from('packed') }),
    ...overrides,
  };
}
