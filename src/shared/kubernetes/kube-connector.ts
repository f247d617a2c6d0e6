import http from 'node:http';
import https from 'node:https';
import type { KubeRequest } from './kube-client.js';
import type { KubeAccess } from './load-kubeconfig.js';

const METADATA_ONLY = {
  'of-a-list': 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  'of-an-object': 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
};

/** Makes a request to the API server that has not been sent yet, with credentials and all. */
export type Connector = (
  request: KubeRequest,
  signal: AbortSignal,
  headers?: http.OutgoingHttpHeaders,
) => Promise<http.ClientRequest>;

export function createConnector(access: KubeAccess): Connector {
  const base = access.server.replace(/\/+$/, '');
  let kept: { readonly key: string; readonly agent: https.RequestOptions['agent'] } | undefined;
  return async ({ method, path, query = {}, body, metadataOnly }, signal, headers = {}) => {
    const url = new URL(base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const options = await access.requestOptions();
    const key = [options.ca, options.cert, options.key].map(String).join();
    if (kept?.key !== key) kept = { key, agent: options.agent }; // an agent that is kept resumes TLS sessions
    return (url.protocol === 'http:' ? http : https).request(url, {
      ...options,
      agent: kept.agent,
      method,
      signal,
      headers: {
        accept: metadataOnly === undefined ? 'application/json' : METADATA_ONLY[metadataOnly],
        'user-agent': 'plimsoll',
        ...(options.headers as http.OutgoingHttpHeaders),
        ...(body === undefined ? {} : bodyHeaders(method, body)),
        ...headers,
      },
    });
  };
}

/** The length has to be said: Node leaves it out of a DELETE, and the body would be taken for the next request. */
function bodyHeaders(method: KubeRequest['method'], body: unknown): http.OutgoingHttpHeaders {
  return {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    'content-length': Buffer.byteLength(JSON.stringify(body)),
  };
}
