import { expect } from 'chai';
import { buildJob } from '../../../../src/bench/k6-job/build-job.js';
import { READS_NOTHING } from '../../../../src/bench/load-reads.js';
import { runnerCommands } from '../../../../src/bench/runners/build-pod.js';
import type { RunnersConfig } from '../../../../src/bench/runners/runner-config.js';

const config: RunnersConfig = {
  engine: 'job',
  namespace: 'load',
  imagePullSecrets: ['registry'],
  serviceAccount: 'k6',
  nodeSelector: { pool: 'load' },
  tolerations: [{ key: 'load', operator: 'Exists' }],
  resources: { requests: { cpu: '1' } },
  labels: { team: 'orders' },
};
const job = buildJob({
  name: 'k6-run-1',
  runId: 'run-1',
  runners: 3,
  reads: READS_NOTHING,
  image: 'grafana/k6:2.2.0',
  config,
  variables: ['TOKEN'],
  longestSeconds: 600,
}) as {
  metadata: { labels: Record<string, string> };
  spec: Record<string, unknown> & {
    template: {
      metadata: { labels: Record<string, string> };
      spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
    };
  };
};
const pod = job.spec.template.spec;
const container = pod.containers[0];

describe('buildJob', () => {
  it('ends by itself, whatever becomes of Plimsoll, and replaces no pod', () => {
    expect(job.spec).to.include({
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
      backoffLimitPerIndex: 0,
      maxFailedIndexes: 3,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 300,
      suspend: true,
    });
    expect(pod).to.include({ restartPolicy: 'Never' });
  });

  it('makes pods that the Pod Security Standard "restricted" lets through', () => {
    expect(pod).to.deep.include({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container).to.deep.include({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
  });

  it('puts them where the environment says, and labels them so that a sweep finds them', () => {
    expect(pod).to.deep.include({
      serviceAccountName: 'k6',
      nodeSelector: { pool: 'load' },
      tolerations: [{ key: 'load', operator: 'Exists' }],
      imagePullSecrets: [{ name: 'registry' }],
    });
    for (const { labels } of [job.metadata, job.spec.template.metadata]) {
      expect(labels).to.include({
        team: 'orders',
        'plimsoll.dev/run': 'run-1',
        'app.kubernetes.io/managed-by': 'plimsoll',
        'app.kubernetes.io/component': 'plimsoll-runner',
      });
    }
  });

  it('names the values of variables, and holds none', () => {
    expect(container?.env).to.deep.include({
      name: 'TOKEN',
      valueFrom: { secretKeyRef: { name: 'k6-run-1', key: 'env.TOKEN' } },
    });
  });
});

describe('runnerCommands', () => {
  it('lets each runner write the tags that objectives name', () => {
    const commands = runnerCommands(2, { ...READS_NOTHING, tags: { group: ['::pay'] } }, []);
    for (const command of commands) {
      expect(command.find((word) => word.startsWith('--system-tags='))).to.match(/[=,]group(,|$)/);
    }
  });

  it('gives each runner its segment of one whole', () => {
    const segments = runnerCommands(3, READS_NOTHING, []).map((command) => command.slice(-2));
    expect(segments).to.deep.equal([
      ['--execution-segment=0/3:1/3', '--execution-segment-sequence=0,1/3,2/3,1'],
      ['--execution-segment=1/3:2/3', '--execution-segment-sequence=0,1/3,2/3,1'],
      ['--execution-segment=2/3:3/3', '--execution-segment-sequence=0,1/3,2/3,1'],
    ]);
    expect(runnerCommands(1, READS_NOTHING, [])[0]?.slice(-2)).to.deep.equal([
      '--execution-segment=0/1:1/1',
      '--execution-segment-sequence=0,1',
    ]);
  });
});
