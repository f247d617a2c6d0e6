import { PlimsollError } from '../../../shared/errors.js';
import type { Finding } from '../../../shared/finding.js';
import type { AppliedFault, FaultInjector, PlannedFault, Recovery } from '../../fault-injector.js';
import { findProgram } from '../../../shared/find-program.js';
import { addStress, stressLoad, type StressLoad } from '../stress/check-stress-limits.js';
import { sweepLocalRuns } from '../sweep-local-runs.js';
import { applyKill } from './apply-kill.js';
import { applyPodFailure } from './apply-pod-failure.js';
import { applyProxyFault } from './apply-proxy-fault.js';
import { applyStress } from './apply-stress.js';
import { chooseTargets, type FaultAction } from './choose-targets.js';
import type { LocalWorld } from './local-world.js';

export interface LocalInjector extends FaultInjector {
  /** Recovers every fault that is still in, for an environment that stops. Never rejects. */
  recoverAll(): Promise<readonly Recovery[]>;
}

/** The faults of one local environment: those of the proxy, of the supervisor and of stress processes. */
export function createLocalInjector(world: LocalWorld): LocalInjector {
  let applied = 0;
  /** The faults that are in, with the stress that they take. */
  const active = new Map<AppliedFault, StressLoad>();

  async function apply(fault: PlannedFault, signal: AbortSignal): Promise<AppliedFault> {
    signal.throwIfAborted();
    const choice = chooseTargets(fault, world, addStress([...active.values()]));
    if (choice.status === 'refused') throw refusedFault(fault, choice.findings);
    applied += 1;
    const stressNg = await findProgram('stress-ng', '/', world.searchPath);
    signal.throwIfAborted();
    const done = begin(
      fault.name,
      `${fault.name}#${applied}`,
      choice.action,
      stressNg.status === 'found' ? stressNg.path : undefined,
    );
    active.set(done, loadOf(choice.action));
    return {
      ...done,
      recover: async () => {
        const recovery = await done.recover();
        if (recovery.status === 'recovered') active.delete(done);
        return recovery;
      },
    };
  }

  function begin(
    name: string,
    ruleId: string,
    action: FaultAction,
    stressNg: string | undefined,
  ): AppliedFault {
    if (action.type === 'proxy')
      return applyProxyFault(name, ruleId, action.fault.fault, action.targets, world);
    const { fault, targets } = action;
    switch (fault.type) {
      case 'kill':
        return applyKill(name, fault.kill, targets, world);
      case 'pod-failure':
        return applyPodFailure(name, targets, world);
      case 'stress':
        return applyStress(name, fault.stress, stressNg, targets, world);
    }
  }

  return {
    preflight: (fault) => {
      const choice = chooseTargets(fault, world, addStress([]));
      return Promise.resolve(choice.status === 'refused' ? choice.findings : choice.warnings);
    },
    select: (fault) => {
      const choice = chooseTargets(fault, world, addStress([]));
      return choice.status === 'refused'
        ? Promise.reject(refusedFault(fault, choice.findings))
        : Promise.resolve(choice.action.targets.map(({ target }) => target));
    },
    apply,
    sweep: sweepLocalRuns,
    async recoverAll() {
      return await Promise.all([...active.keys()].map((fault) => fault.recover()));
    },
  };
}

function loadOf({ type, fault, targets }: FaultAction): StressLoad {
  return type === 'process' && fault.type === 'stress'
    ? stressLoad(fault.stress, targets.length)
    : addStress([]);
}

function refusedFault(fault: PlannedFault, findings: readonly Finding[]): PlimsollError {
  const [first] = findings.filter(({ severity }) => severity === 'stop');
  return new PlimsollError(
    'FAULT_NOT_INJECTED',
    `the fault ${fault.name} cannot be injected: ${first?.message ?? 'it was refused'}`,
    { remedy: first?.remedy ?? '' },
  );
}
