import { kubectl, kubectlApply } from './kubectl.js';

/** The namespace of the tests; another one, where several are at work on one cluster. */
export const SHOP = process.env.PLIMSOLL_E2E_NAMESPACE ?? 'plimsoll-e2e';
const IMAGE = process.env.PLIMSOLL_E2E_IMAGE ?? 'localhost/demo:1';

/** A service to put faults into: replicas of the demo program behind a Service. */
export async function openShop(app: string, replicas: number, shop = SHOP): Promise<void> {
  const labels = { app };
  await kubectlApply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } });
  await kubectlApply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace: shop },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: app,
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
              ports: [{ containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  });
  await kubectlApply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, namespace: shop },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await kubectl('-n', shop, 'rollout', 'status', `deployment/${app}`, '--timeout=60s');
}

export async function closeShop(shop = SHOP): Promise<void> {
  await kubectl('delete', 'namespace', shop, '--ignore-not-found', '--timeout=60s');
}
