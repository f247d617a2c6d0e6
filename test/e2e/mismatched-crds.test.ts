import { expect } from 'chai';
import type { AppliedFault } from '../../src/chaos/fault-injector.js';
import { messageOf } from '../../src/shared/errors.js';
import { waitUntil } from '../support/wait-until.js';
import { aFault, openEnvironment, PARTITION, stopEnvironments } from './support/an-environment.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const NAME = `plimsoll-${SHOP}`;
const POLICY_API = 'admissionregistration.k8s.io/v1';

/**
 * CRDs of another version than the controller: every update of the controller is denied, as its own webhook does it then.
 * A policy of the API server denies the same, in the namespace of the tests alone.
 */
describe('a controller that does not fit its CRDs', () => {
  before(async () => {
    await openShop('orders', 2);
    await kubectlApply({
      ...{ apiVersion: POLICY_API, kind: 'ValidatingAdmissionPolicy', metadata: { name: NAME } },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              ...{ apiGroups: ['chaos-mesh.org'], apiVersions: ['*'] },
              ...{ operations: ['UPDATE'], resources: ['networkchaos', 'networkchaos/*'] },
            },
          ],
        },
        validations: [
          {
            expression: "!request.userInfo.username.startsWith('system:serviceaccount:chaos-mesh:')",
            message: 'Cannot update chaos spec',
          },
        ],
      },
    });
    await kubectlApply({
      ...{ apiVersion: POLICY_API, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: NAME } },
      spec: {
        policyName: NAME,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SHOP } } },
      },
    });
  });
  after(async () => {
    await kubectl('delete', 'validatingadmissionpolicybinding', NAME, '--ignore-not-found');
    await kubectl('delete', 'validatingadmissionpolicy', NAME, '--ignore-not-found');
    await closeShop();
  });
  afterEach(stopEnvironments);

  it('is found out by the deadline of the injection, and what it may be is said', async function () {
    this.timeout(400_000); // the controller tries again at ever longer intervals
    const { environment, runId } = await openEnvironment({ recoverDeadlineMs: 3000 });
    const made: AppliedFault[] = [];
    const outcome = async () => {
      const fault = aFault(runId, 'NetworkChaos', PARTITION);
      const applied = await environment.injector.apply(fault, AbortSignal.timeout(10_000));
      made.push(applied);
      const how = await applied.injected(AbortSignal.timeout(4000)).then(() => 'it was injected', messageOf);
      await applied.recover();
      return how;
    };
    try {
      let last = '';
      await waitUntil(
        'the policy is in force',
        async () => (last = await outcome()) !== 'it was injected',
        60_000,
      );
      expect(last).to.match(/Cannot update chaos spec|of another version than its CRDs/);
    } finally {
      await kubectl('delete', 'validatingadmissionpolicybinding', NAME);
      for (const applied of made) {
        await waitUntil(
          'it is recovered once the controller may write again',
          async () => (await applied.recover()).status === 'recovered',
          240_000,
        );
      }
    }
    expect(await environment.stop()).to.deep.equal([]);
  });
});
