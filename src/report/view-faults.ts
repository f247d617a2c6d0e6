import type { FaultRecord, Result } from '../experiments/result-schema.js';
import type { EpochMs } from '../shared/time.js';
import { formatCount, formatDuration, formatShare } from '../shared/units.js';
import { describeFault } from './describe-fault.js';
import { formatOffset } from './format-moment.js';

/** One fault as the report shows it. */
export interface FaultView {
  readonly name: string;
  readonly kind: string;
  readonly phrase: string;
  readonly targets: readonly { readonly id: string; readonly service: string }[];
  readonly targetCount: string;
  readonly injections: readonly InjectionView[];
  readonly dose: string;
  readonly doseDetail: string;
  readonly manifest: string;
}

export interface InjectionView {
  readonly asked: string;
  readonly injected: string;
  readonly out: string;
  readonly recovered: string;
  readonly status: string;
  readonly isTrouble: boolean;
  readonly evidence: string;
}

const STATUS_WORDS = {
  recovered: 'recovered',
  'not-injected': 'never proven active',
  unconfirmed: 'not proven gone',
} as const;

export function viewFaults(result: Result, originMs: EpochMs): readonly FaultView[] {
  return result.faults.map((fault) => ({
    name: fault.name,
    kind: fault.action === null ? fault.kind : `${fault.kind} ${fault.action}`,
    phrase: describeFault(fault),
    targets: fault.targets.map(({ id, service }) => ({ id, service: service ?? '' })),
    targetCount: `${formatCount(fault.targets.length)} ${fault.targets.length === 1 ? 'target' : 'targets'}`,
    injections: fault.injections.map((injection) => viewInjection(injection, originMs)),
    dose: describeDose(fault.dose, result.plan.minCoverage),
    doseDetail: [
      ...(fault.dose.lastDetail === '' ? [] : [`Last reading: ${fault.dose.lastDetail}.`]),
      ...describeProof(fault.dose.proof),
    ].join(' '),
    manifest: JSON.stringify(fault.manifest, null, 2),
  }));
}

function viewInjection(injection: FaultRecord['injections'][number], originMs: EpochMs): InjectionView {
  const { requestedAtMs, injectedAtMs, recoverRequestedAtMs, recoveredAtMs, status, evidence } = injection;
  return {
    asked: formatOffset(requestedAtMs - originMs),
    injected: describeStep(requestedAtMs, injectedAtMs, originMs),
    out: recoverRequestedAtMs === null ? '–' : formatOffset(recoverRequestedAtMs - originMs),
    recovered: describeStep(recoverRequestedAtMs, recoveredAtMs, originMs),
    status: STATUS_WORDS[status],
    isTrouble: status !== 'recovered',
    evidence,
  };
}

/** `0:18.25 (248 ms)`: when it was proven, and how long after it was asked for. */
function describeStep(askedMs: EpochMs | null, provenMs: EpochMs | null, originMs: EpochMs): string {
  if (provenMs === null) return '–';
  const after = askedMs === null ? '' : ` (${formatDuration(Math.max(provenMs - askedMs, 0))})`;
  return `${formatOffset(provenMs - originMs)}${after}`;
}

function describeProof(proof: FaultRecord['dose']['proof']): readonly string[] {
  if (proof === undefined) return [];
  const words = {
    proven: 'It was seen to act',
    none: 'Nothing shows that it acted',
    unknown: 'Whether it acted is known from its injector alone',
    off: 'Whether it acted was not looked at',
  };
  return [`${words[proof.status]}: ${proof.detail}.`];
}

function describeDose(dose: FaultRecord['dose'], minCoverage: number): string {
  if (dose.readings === 0 || dose.minCoverage === null) return 'The dose was never read.';
  const readings =
    dose.readings === 1 ? 'its only reading' : `each of ${formatCount(dose.readings)} readings`;
  const share =
    dose.minCoverage >= 1
      ? 'All selected targets'
      : `${formatShare(dose.minCoverage)} or more of the selected targets`;
  return dose.minCoverage >= minCoverage
    ? `${share} carried the fault in ${readings}; the experiment asks for ${formatShare(minCoverage)}.`
    : `At times only ${formatShare(dose.minCoverage)} of the selected targets carried the fault; the experiment asks for ${formatShare(minCoverage)}.`;
}
