import type { Result } from '../../src/experiments/result-schema.js';
import { aFault, aJudgement, aResult } from './a-result.js';

/** A text that ends scripts, elements, attributes, table cells, code spans, lines and colours wherever it is let. */
export const HOSTILE =
  '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">\u2028"\'`|*_[a](b) @all {{x}} \u001b[31m\u0000\nnext]]>&amp;';

/** What no objective says as well, so that it is shown. */
export const HOSTILE_CAVEAT = `caveat ${HOSTILE}`;

/** A result in which every text that a user or a service can choose is hostile. */
export function aHostileResult(): Result {
  const result = aResult();
  return {
    ...result,
    run: { ...result.run, statusReason: HOSTILE },
    experiment: {
      name: HOSTILE,
      description: HOSTILE,
      owner: HOSTILE,
      labels: { [HOSTILE]: HOSTILE },
      hypothesis: HOSTILE,
      file: HOSTILE,
      source: HOSTILE,
    },
    environment: {
      name: HOSTILE,
      driver: HOSTILE,
      services: [{ name: HOSTILE, url: HOSTILE, replicas: 1, labels: {} }],
    },
    generator: { ...result.generator, name: HOSTILE, blindSpots: [HOSTILE] },
    plan: {
      ...result.plan,
      load: HOSTILE,
      findings: [{ severity: 'warning', code: HOSTILE, message: HOSTILE, remedy: HOSTILE }],
    },
    clock: { ...result.clock, note: HOSTILE },
    faults: [
      aFault({
        name: HOSTILE,
        kind: HOSTILE,
        action: HOSTILE,
        manifest: { kind: HOSTILE },
        targets: [{ id: HOSTILE, uid: HOSTILE, service: HOSTILE }],
        shares: [{ service: HOSTILE, hit: 1, ready: 2 }],
        injections: aFault().injections.map((injection) => ({
          ...injection,
          status: 'unconfirmed' as const,
          evidence: HOSTILE,
        })),
        dose: { readings: 1, minCoverage: 1, lastDetail: HOSTILE },
      }),
    ],
    events: [{ atMs: result.run.startedAtMs + 5_000, kind: HOSTILE, message: HOSTILE, target: HOSTILE }],
    measurements: result.measurements.map((entry) =>
      entry.endpoint === '*' ? entry : { ...entry, endpoint: `${entry.endpoint} ${HOSTILE}` },
    ),
    leftBehind: [{ severity: 'warning', code: HOSTILE, message: HOSTILE, remedy: HOSTILE }],
    judgements: [
      aJudgement({ objective: HOSTILE, reason: HOSTILE, caveat: HOSTILE, outcome: 'breach' }),
      aJudgement({
        objective: HOSTILE,
        outcome: 'inconclusive',
        reading: { status: 'missing', reason: HOSTILE },
        reason: HOSTILE,
      }),
    ],
    verdict: { outcome: 'breach', reason: HOSTILE, caveats: [HOSTILE_CAVEAT] },
  };
}
