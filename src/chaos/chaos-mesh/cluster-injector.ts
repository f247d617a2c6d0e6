import type { FaultInjector, PlannedFault } from '../fault-injector.js';
import { PlimsollError } from '../../shared/errors.js';
import { nativeKindOf } from '../native-kinds.js';
import { applyFault } from './apply-fault.js';
import { selectsPods } from './chaos-kinds.js';
import type { ClusterAccess } from './cluster-access.js';
import type { HeldFault } from './follow-fault.js';
import { applyNative } from './native/apply-native.js';
import { preflightNative } from './native/preflight-native.js';
import { surveyNative } from './native/survey-native.js';
import { preflightFault } from './preflight-fault.js';
import type { LeaseKeeper } from './run-lease.js';
import { plannedTargets, surveyTargets, type TargetSurvey } from './survey-targets.js';
import { sweepCluster } from './sweep-cluster.js';
import { targetNamespaces } from './target-namespaces.js';
import { watchTargets } from './watch/watch-targets.js';

export interface ClusterInjector extends FaultInjector {
  /** Watches the pods of the faults that were looked at so far, from before the first of them is put in. */
  watch(signal: AbortSignal): Promise<void>;
  /** Ends the watches on every fault. Never rejects. */
  release(): Promise<void>;
  /** Where the faults that were looked at so far have their targets. */
  namespaces(): readonly string[];
  /** The kinds of faults that have been put in so far. */
  appliedKinds(): readonly string[];
}

export function createClusterInjector(access: ClusterAccess, leases: LeaseKeeper): ClusterInjector {
  const turns = new Map<string, number>();
  const held: HeldFault[] = [];
  const applied = new Set<string>();
  const namespaces = new Set<string>();
  const noted = new Map<string, PlannedFault>();
  const targets = watchTargets(access);
  const surveys = new Map<string, TargetSurvey | undefined>();

  function note(fault: PlannedFault): void {
    // Evictions and drains watch their pods themselves.
    if (nativeKindOf(fault.manifest) === undefined) noted.set(fault.name, fault);
    for (const namespace of targetNamespaces(access.config, fault)) namespaces.add(namespace);
  }

  return {
    async preflight(fault, signal) {
      note(fault);
      const { findings, survey } =
        nativeKindOf(fault.manifest) === undefined
          ? await preflightFault(access, fault, signal)
          : await preflightNative(access, fault, signal);
      surveys.set(fault.name, survey);
      return findings;
    },
    async select(fault, signal) {
      note(fault);
      // The plan shows what preflight has checked, and thousands of pods are listed once.
      if (!selectsPods(fault.manifest)) return [];
      const survey = surveys.has(fault.name)
        ? surveys.get(fault.name)
        : await surveyOrRefuse(access, fault, signal);
      if (survey === undefined)
        throw new PlimsollError('NOT_READY', `preflight stops the fault ${fault.name}`);
      return plannedTargets(survey);
    },
    async apply(fault, signal) {
      for (const namespace of targetNamespaces(access.config, fault)) await leases.take(namespace, signal);
      const turn = (turns.get(fault.name) ?? 0) + 1;
      turns.set(fault.name, turn);
      applied.add(fault.manifest.kind);
      const holding =
        nativeKindOf(fault.manifest) === undefined
          ? await applyFault(access, fault, turn, targets, signal)
          : await applyNative(access, fault, signal);
      held.push(holding);
      return holding.applied;
    },
    async sweep(scope, signal) {
      return await sweepCluster(access, scope, signal);
    },
    async watch(signal) {
      await Promise.all(
        [...noted.values()].map(async (fault) => {
          await targets.follow(fault, signal);
        }),
      );
    },
    async release() {
      await Promise.all(
        held.map(async (each) => {
          await each.release();
        }),
      );
      await targets.stop();
    },
    namespaces: () => [...namespaces],
    appliedKinds: () => [...applied],
  };
}

async function surveyOrRefuse(
  access: ClusterAccess,
  fault: PlannedFault,
  signal: AbortSignal,
): Promise<TargetSurvey> {
  if (nativeKindOf(fault.manifest) !== undefined) {
    const { survey, findings } = await surveyNative(access, fault, signal);
    const stop = findings.find(({ severity }) => severity === 'stop');
    if (survey === undefined || stop !== undefined)
      throw new PlimsollError('NOT_READY', stop?.message ?? '', { remedy: stop?.remedy ?? '' });
    return survey;
  }
  const surveyed = await surveyTargets(access, fault, signal);
  if (surveyed.status === 'chosen') return surveyed;
  throw new PlimsollError('NOT_READY', surveyed.finding.message, { remedy: surveyed.finding.remedy });
}
