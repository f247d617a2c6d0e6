import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import type { ChaosRecord, ChaosState } from './chaos-state.js';

export const PAUSE_ANNOTATION = 'experiment.chaos-mesh.org/pause';

/**
 * Reads any object of chaos-mesh.org that has records. The traps it knows:
 *
 * - Conditions come in any order, without reason or time, and not at all at first.
 * - `AllRecovered` is true before the first injection too, and with targets that never ran: only records count as proof.
 * - `Selected` says nothing about injection, and a record may be injected a moment before `AllInjected` is.
 * - Faults that act once stay `Run` and `Injected` until they are deleted; their `AllRecovered` never comes.
 * - A pause recovers every target: that is no end of the fault, it comes back when the pause ends.
 * - A deleted object goes as soon as its records are free; its conditions, which are made from them, stay behind.
 * - `Not Injected/Wait` is a failed injection that is tried again; it is not recovered.
 */
export function readChaosState(object: KubeObject): ChaosState {
  const { deletionTimestamp, annotations = {} } = object.metadata;
  const conditions = readConditions(object.status?.conditions);
  const experiment = fieldsOf(object.status?.experiment);
  const records = listOf(experiment.containerRecords).map(readRecord);
  const deleting = deletionTimestamp !== undefined;
  const stopping = deleting || experiment.desiredPhase === 'Stop';
  const paused = !deleting && (conditions.get('Paused') === true || annotations[PAUSE_ANNOTATION] === 'true');
  return { status: statusOf(records, conditions, { paused, stopping, deleting }), records, deleting };
}

function statusOf(
  records: readonly ChaosRecord[],
  conditions: ReadonlyMap<string, boolean>,
  {
    paused,
    stopping,
    deleting,
  }: { readonly paused: boolean; readonly stopping: boolean; readonly deleting: boolean },
): ChaosState['status'] {
  if (paused) return 'paused';
  if (stopping) {
    if (records.every(({ injectedCount, phase }) => injectedCount === 0 && phase === 'not-injected')) {
      return 'never-injected';
    }
    const free =
      deleting || (conditions.get('AllInjected') === false && conditions.get('AllRecovered') === true);
    return free && records.every(isFree) ? 'recovered' : 'recovering';
  }
  if (records.length === 0) return 'selecting';
  const proven = conditions.get('Selected') === true && conditions.get('AllInjected') === true;
  return proven && records.every(isHit) ? 'injected' : 'injecting';
}

function isHit({ phase, injectedCount }: ChaosRecord): boolean {
  return phase === 'injected' && injectedCount >= 1;
}

function isFree({ phase, injectedCount, recoveredCount }: ChaosRecord): boolean {
  return phase === 'not-injected' && recoveredCount >= injectedCount;
}

function readConditions(conditions: unknown): ReadonlyMap<string, boolean> {
  return new Map(
    listOf(conditions).map((condition) => [String(condition.type), condition.status === 'True'] as const),
  );
}

function readRecord(record: Readonly<Record<string, unknown>>): ChaosRecord {
  const newest = listOf(record.events).at(-1);
  return {
    id: String(record.id),
    selectorKey: textOf(record.selectorKey) || '.',
    phase: readPhase(String(record.phase)),
    injectedCount: countOf(record.injectedCount),
    recoveredCount: countOf(record.recoveredCount),
    failure: newest?.type === 'Failed' ? textOf(newest.message) || 'it did not say why' : undefined,
  };
}

/** Kinds add steps of their own behind the slash: `Not Injected/Wait`, `Injected/Wait`. */
function readPhase(phase: string): ChaosRecord['phase'] {
  if (phase === 'Injected') return 'injected';
  if (phase.startsWith('Injected/')) return 'recovering';
  return phase === 'Not Injected' ? 'not-injected' : 'injecting';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
