/** The counter whose rows say that a request is being sent (value 1), or is over without a row of its own (0). */
export const REQUEST_METRIC = 'plimsoll_request';
/** The counter whose one row says that setup() is done and the load begins. */
export const READY_METRIC = 'plimsoll_ready';
/** The metadata key that ties the rows of one call together; unique within a virtual user. */
export const CALL_KEY = 'plimsoll_call';

/**
 * A k6 module that makes k6/http tell when a request is sent. k6 itself tells of a request at its end alone: with a
 * time of 0 where the connection was refused or swallowed, and not at all where it still hangs when k6 is stopped.
 * It has to be evaluated before the user's script, so that `const { get } = http` there is watched as well. Every
 * call does what it did before.
 *
 * @param tags of a request that have to be told with it
 */
export function buildInstrument(tags: readonly string[]): string {
  const own = tags.filter((tag) => tag !== 'name' && tag !== 'method');
  return `import http from 'k6/http';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const requests = new Counter('${REQUEST_METRIC}');
export const ready = new Counter('${READY_METRIC}');

let lastCall = 0;
let own;

/** Tags that objectives name, as far as the request itself carries them. */
const TAGS = ${JSON.stringify(own)};

function tagsOf(params) {
  const tags = {};
  if (params && params.tags) for (const key of TAGS) if (params.tags[key] !== undefined) tags[key] = String(params.tags[key]);
  return tags;
}

function nameOf(url, params) {
  const tagged = params && params.tags && params.tags.name;
  if (tagged) return String(tagged);
  return typeof url === 'object' && url !== null && url.name ? String(url.name) : String(url);
}

const withBody = (method) => (args) => [{ ...tagsOf(args[2]), method, name: nameOf(args[0], args[2]) }];
const withoutBody = (method) => (args) => [{ ...tagsOf(args[1]), method, name: nameOf(args[0], args[1]) }];
const anyMethod = (args) => [
  { ...tagsOf(args[3]), method: String(args[0]).toUpperCase(), name: nameOf(args[1], args[3]) },
];
const many = (args) => Object.values(args[0]).map((member) => {
  if (Array.isArray(member)) return anyMethod(member)[0];
  if (typeof member === 'object' && member !== null && member.url !== undefined) {
    const { method, url, params } = member;
    return { ...tagsOf(params), method: String(method || 'GET').toUpperCase(), name: nameOf(url, params) };
  }
  return { method: 'GET', name: nameOf(member) };
});

/** k6 writes rows for what it sent. None follow for a call that it refused; of a redirect nobody knows the last. */
function needsAnEnd(response) {
  if (typeof response !== 'object' || response === null) return true;
  if (typeof response.then === 'function') return false;
  const responses = response.status === undefined ? Object.values(response) : [response];
  return responses.some(({ status }) => status === 0 || (status >= 300 && status < 400));
}

function watch(original, describe) {
  return function (...args) {
    let metadata;
    try {
      // Of one virtual user, as this module is; to ask for it takes k6 as long as a third of a request.
      metadata = own ??= exec.vu.metrics.metadata;
      lastCall += 1;
      metadata.${CALL_KEY} = String(lastCall);
      for (const tags of describe(args)) requests.add(1, tags);
    } catch (_) {
      // No virtual user, or arguments that make no request: the call itself says what is wrong.
    }
    let response;
    try {
      response = original.apply(this, args);
      return response;
    } finally {
      if (metadata) {
        if (needsAnEnd(response)) requests.add(0);
        delete metadata.${CALL_KEY};
      }
    }
  };
}

http.get = watch(http.get, withoutBody('GET'));
http.head = watch(http.head, withoutBody('HEAD'));
http.post = watch(http.post, withBody('POST'));
http.put = watch(http.put, withBody('PUT'));
http.patch = watch(http.patch, withBody('PATCH'));
http.del = watch(http.del, withBody('DELETE'));
http.options = watch(http.options, withBody('OPTIONS'));
http.request = watch(http.request, anyMethod);
http.asyncRequest = watch(http.asyncRequest, anyMethod);
http.batch = watch(http.batch, many);
`;
}
