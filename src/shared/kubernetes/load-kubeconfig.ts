import type https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { messageOf, PlimsollError } from '../errors.js';

export interface KubeCredentials {
  /** Absolute path of a kubeconfig; undefined: KUBECONFIG, ~/.kube/config, or the service account of a pod. */
  readonly kubeconfig?: string;
  /** Undefined: the current one of the kubeconfig. */
  readonly context?: string;
  /** The API server and the webhooks judge this identity instead of the kubeconfig's own. */
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] };
}

/** One cluster of a kubeconfig, and what it takes to get in. */
export interface KubeAccess {
  /** `https://10.0.0.1:6443` */
  readonly server: string;
  /** The service account of the pod that this process runs in: the cluster is the one around it. */
  readonly isOwnPod: boolean;
  /** What a request needs: TLS, token, proxy, impersonation. Asked for each request: tokens are renewed behind it. */
  requestOptions(): Promise<https.RequestOptions>;
}

/** What the library calls the context that it makes of a pod's service account. */
const POD_CONTEXT = 'inClusterContext';

/**
 * The one place that knows @kubernetes/client-node. It reads kubeconfigs, and gets and renews credentials.
 *
 * Rejects with NOT_READY where there is no usable kubeconfig.
 */
export async function loadKubeconfig(credentials: KubeCredentials): Promise<KubeAccess> {
  const config = await readConfig(credentials);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new PlimsollError(
      'NOT_READY',
      `the kubeconfig's context "${config.currentContext}" names no cluster`,
      {
        remedy: `Choose one of its contexts: ${config.contexts.map(({ name }) => name).join(', ') || 'there are none'}.`,
      },
    );
  }
  const { impersonate } = credentials;
  const impersonation =
    impersonate === undefined
      ? {}
      : { 'impersonate-user': impersonate.user, 'impersonate-group': [...impersonate.groups] };
  return {
    server,
    isOwnPod: config.currentContext === POD_CONTEXT,
    async requestOptions() {
      const options: https.RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const headers = options.headers as Readonly<Record<string, string>> | undefined;
      return { ...options, headers: { ...headers, ...impersonation } };
    },
  };
}

async function readConfig({ kubeconfig, context }: KubeCredentials): Promise<KubeConfig> {
  // Imported when it is needed: it takes longer to load than all of Plimsoll.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new PlimsollError(
      'NOT_READY',
      `cannot read the kubeconfig ${kubeconfig ?? ''}: ${messageOf(error)}`,
      {
        remedy: 'Name a readable file in the environment\'s "kubeconfig".',
        cause: error,
      },
    );
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      throw new PlimsollError('NOT_READY', `the kubeconfig has no context "${context}"`, {
        remedy: `Choose one of ${config.contexts.map(({ name }) => name).join(', ')}.`,
      });
    }
    config.setCurrentContext(context);
  }
  return config;
}
