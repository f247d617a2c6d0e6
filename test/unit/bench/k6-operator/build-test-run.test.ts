import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { buildTestRun } from '../../../../src/bench/k6-operator/build-test-run.js';
import type { PodParts } from '../../../../src/bench/runners/runner-engine.js';
import { type StructuralSchema, zodFromStructural } from '../../../../src/experiments/zod-from-structural.js';
import type { KubeClient } from '../../../../src/shared/kubernetes/kube-client.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { someRunnerParts } from '../../../support/some-runner-parts.js';

const schema = JSON.parse(
  readFileSync(join(packageRoot, 'test/fixtures/k6-operator/TestRun.json'), 'utf8'),
) as StructuralSchema;
const crdSpec = zodFromStructural(schema.properties?.spec ?? {}, () => z.never());

interface Built {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly runner: Record<string, unknown> & { readonly env: readonly object[] };
    readonly starter: Record<string, unknown>;
  };
}

function build(overrides: Partial<PodParts> = {}): Built {
  // As it is sent: what is undefined is not there.
  return JSON.parse(
    JSON.stringify(buildTestRun({ ...someRunnerParts({} as KubeClient), ...overrides })),
  ) as Built;
}

describe('buildTestRun', () => {
  it('is what the CRD of the operator takes, with no field that it does not know', () => {
    expect(crdSpec.safeParse(build().spec).error?.issues).to.equal(undefined);
    const config = {
      engine: 'k6-operator',
      namespace: 'load',
      imagePullSecrets: [],
      nodeSelector: {},
    } as const;
    const least = build({ config: { ...config, tolerations: [], resources: {}, labels: {} }, variables: [] });
    expect(crdSpec.safeParse(least.spec).error?.issues).to.equal(undefined);
    expect(crdSpec.safeParse({ ...least.spec, suspend: true }).success).to.equal(false);
  });

  it('lets runners start by themselves, without the script being looked at, and goes when they have ended', () => {
    expect(build().spec).to.deep.include({
      parallelism: 3,
      paused: 'false',
      initializer: { disabled: true },
      cleanup: 'post',
      script: { configMap: { name: 'k6-run-1', file: 'plimsoll.js' } },
    });
  });

  it('makes the pods look for k6 where its stand-in is, and holds no value of a variable', () => {
    const { runner } = build().spec;
    expect(runner.env[0]).to.deep.equal({
      name: 'PATH',
      value: '/plimsoll/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    });
    expect(runner.env[1]).to.deep.equal({
      name: 'TOKEN',
      valueFrom: { secretKeyRef: { name: 'k6-run-1', key: 'env.TOKEN' } },
    });
    expect(JSON.stringify(runner.volumes)).to.include('{"key":"k6","path":"k6"}');
    expect(JSON.stringify(build())).not.to.include('secret"}');
  });

  it('is not killed by a probe while k6 waits for its start, or has ended and its rows are fetched', () => {
    expect(build().spec.runner.livenessProbe).to.deep.equal({
      exec: { command: ['true'] },
      periodSeconds: 3600,
    });
  });

  it('makes pods that the Pod Security Standard "restricted" lets through, the starter too', () => {
    for (const pod of [build().spec.runner, build().spec.starter]) {
      expect(pod.automountServiceAccountToken).to.equal('false');
      expect(pod.securityContext).to.deep.include({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.containerSecurityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod).to.deep.include({ nodeSelector: { pool: 'load' }, serviceAccountName: 'k6' });
    }
  });

  it('is found by its run, and so are its pods', () => {
    const { metadata, spec } = build();
    for (const { labels } of [metadata, spec.runner.metadata as Built['metadata']]) {
      expect(labels).to.include({
        team: 'orders',
        'plimsoll.dev/run': 'run-1',
        'app.kubernetes.io/managed-by': 'plimsoll',
      });
    }
  });
});
