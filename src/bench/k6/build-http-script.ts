import type { HttpLoad } from '../load-generator.js';

const TOKEN = /\{\{\s*(seq|uuid)\s*\}\}/;

/**
 * A k6 script that sends the requests of a declarative load, one an iteration, drawn by their weights. `{{seq}}` and
 * `{{uuid}}` are filled in as the embedded generator does it: the number of the request in its load, from 1, and a
 * UUID made of the moment in which the load began and that number.
 */
export function buildHttpScript(load: Pick<HttpLoad, 'requests' | 'timeoutMs'>): string {
  const requests = load.requests.map(({ name, method, url, headers, body, weight, expectStatus }) => ({
    method,
    url,
    body: body ?? null,
    weight,
    expectStatus,
    // As the embedded generator does it: a redirect is an answer like any other.
    params: { headers, tags: { name }, timeout: `${load.timeoutMs}ms`, redirects: 0 },
  }));
  const usesTokens = load.requests.some(({ url, headers, body = '' }) =>
    [url, body, ...Object.values(headers)].some((text) => TOKEN.test(text)),
  );
  return `import http from 'k6/http';
${usesTokens ? "import exec from 'k6/execution';\n" : ''}
const requests = ${JSON.stringify(requests, null, 2)};
for (const { params, expectStatus } of requests) params.responseCallback = http.expectedStatuses(expectStatus);
const totalWeight = requests.reduce((sum, { weight }) => sum + weight, 0);

function draw() {
  let at = Math.random() * totalWeight;
  return requests.find(({ weight }) => (at -= weight) < 0) || requests[requests.length - 1];
}
${usesTokens ? FILL_TOKENS : ''}
export const options = { discardResponseBodies: true };

export default function () {
  const { method, url, body, params } = ${usesTokens ? 'filled(draw())' : 'draw()'};
  http.request(method, url, body, params);
}
`;
}

/** RFC 9562, version 8: 48 bits of milliseconds, and the request's number in the last 60. */
const FILL_TOKENS = `
function filled(request) {
  const seq = exec.scenario.iterationInTest + 1;
  const time = Math.floor(exec.scenario.startTime).toString(16).padStart(12, '0').slice(-12);
  const count = seq.toString(16).padStart(15, '0').slice(-15);
  const uuid = time.slice(0, 8) + '-' + time.slice(8) + '-8000-8' + count.slice(0, 3) + '-' + count.slice(3);
  const fill = (text) => text.replace(/\\{\\{\\s*(seq|uuid)\\s*\\}\\}/g, (_, token) => (token === 'seq' ? String(seq) : uuid));
  const { method, url, body, params } = request;
  const headers = Object.fromEntries(Object.entries(params.headers).map(([name, value]) => [name, fill(value)]));
  return { method, url: fill(url), body: body === null ? null : fill(body), params: { ...params, headers } };
}
`;
