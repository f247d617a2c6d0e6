import type { KubeError } from '../../shared/kubernetes/kube-error.js';

/** What the reader can do about a refusal of the API server or of Chaos Mesh's webhooks. */
export function remedyFor(error: KubeError, kubectl: string): string {
  const { status, reason, message } = error;
  if (message.includes('failed calling webhook')) {
    return `The controller of Chaos Mesh does not answer; look with: ${kubectl} -n chaos-mesh get pods`;
  }
  if (/is forbidden on namespace|admission webhook .*forbidden/.test(message)) {
    return 'Chaos Mesh lets this identity do no faults there: bind a Role with the right to create them in that namespace.';
  }
  if (status === 403 || reason === 'Forbidden') {
    return 'This identity lacks a right: bind a Role that has it.';
  }
  if (status === 401) return 'The credentials of the kubeconfig are not valid, or no longer: renew them.';
  if (status === 404)
    return `The cluster does not know this kind; look with: ${kubectl} get crd | grep chaos-mesh.org`;
  if (status === 409) return 'An object of this name is there already: run again, which takes another name.';
  if (status === 400 || status === 422) return 'Correct the manifest: the message names the field.';
  if (status === 0) return 'Check the address in the kubeconfig, and the network.';
  return '';
}
