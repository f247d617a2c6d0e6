import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import { RUNNER_FOLDER, SERVE_FILE } from './runner-scripts.js';
import type { ConnectRunner } from './runner-session.js';

/** Starts what answers in a runner, by way of the API server: nothing else has to be reachable. */
export function connectRunner(
  client: KubeClient,
  {
    namespace,
    pod,
    container,
  }: { readonly namespace: string; readonly pod: string; readonly container: string },
): ConnectRunner {
  const command = ['sh', `${RUNNER_FOLDER}/${SERVE_FILE}`];
  return (onOutput, signal) => client.exec({ namespace, pod, container, command }, onOutput, signal);
}
