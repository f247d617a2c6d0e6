/**
 * The counter whose rows say that a request is being sent, or, with 0, that a call is over without a row of its own.
 * Negative: its tags are those of the endpoint that its virtual user names by this number from now on. Positive: the
 * endpoint that has the number.
 */
export const REQUEST_METRIC = 'plimsoll_request';
/** The counter whose one row says that setup() is done and the load begins. */
export const READY_METRIC = 'plimsoll_ready';
/**
 * The metadata key that ties the rows of one call together; unique within a virtual user. Calls that wait for their
 * response have none: of these a virtual user makes one at a time. Metadata make each of k6's ten rows dearer.
 */
export const CALL_KEY = 'plimsoll_call';
/** So many endpoints have a number in one virtual user; then it begins again. */
export const NUMBERED = 200;
/** Of an endpoint that is told with its tags each time. */
export const NOT_NUMBERED = -1_000_000;

/**
 * A k6 module that makes k6/http tell when a request is sent. k6 itself tells of a request at its end alone: with a
 * time of 0 where the connection was refused or swallowed, and not at all where it still hangs when k6 is stopped.
 * It has to be evaluated before the user's script, so that `const { get } = http` there is watched as well. Every
 * call does what it did before.
 *
 * @param tags of a request that have to be told with it
 * @param isExtended whether k6 has Plimsoll's extension, which then does most of it
 */
export function buildInstrument(tags: readonly string[], isExtended = false): string {
  const own = tags.filter((tag) => tag !== 'name' && tag !== 'method');
  return `import http from 'k6/http';
/** Tags that objectives name, as far as the request itself carries them. */
const TAGS = ${JSON.stringify(own)};
${DESCRIBE}${isExtended ? BY_EXTENSION : BY_ROWS}
http.get = watchOne(http.get, 'GET', 1);
http.head = watchOne(http.head, 'HEAD', 1);
http.post = watchOne(http.post, 'POST', 2);
http.put = watchOne(http.put, 'PUT', 2);
http.patch = watchOne(http.patch, 'PATCH', 2);
http.del = watchOne(http.del, 'DELETE', 2);
http.options = watchOne(http.options, 'OPTIONS', 2);
http.request = watchOne(http.request, undefined, 3);
http.asyncRequest = watchMany(http.asyncRequest, (args) => [anyMethod(args)]);
http.batch = watchMany(http.batch, many);
`;
}

/** What is told of requests, and when nothing more is told of a call. begin(), end() and watchOne() tell it, each way its own. */
const DESCRIBE = `
function tagsOf(params) {
  const tags = {};
  if (params && params.tags) for (const key of TAGS) if (params.tags[key] !== undefined) tags[key] = String(params.tags[key]);
  return tags;
}

function nameOf(url, params) {
  if (params) {
    const { tags } = params;
    if (tags && tags.name) return String(tags.name);
  }
  if (typeof url === 'string') return url;
  return typeof url === 'object' && url !== null && url.name ? String(url.name) : String(url);
}

const anyMethod = (args) => ({ ...tagsOf(args[3]), method: String(args[0]).toUpperCase(), name: nameOf(args[1], args[3]) });
const many = (args) => Object.values(args[0]).map((member) => {
  if (Array.isArray(member)) return anyMethod(member);
  if (typeof member === 'object' && member !== null && member.url !== undefined) {
    const { method, url, params } = member;
    return { ...tagsOf(params), method: String(method || 'GET').toUpperCase(), name: nameOf(url, params) };
  }
  return { method: 'GET', name: nameOf(member) };
});

/** k6 writes rows for what it sent. None follow for a call that it refused; of a redirect nobody knows the last. */
const hasNoLast = (status) => status === 0 || (status >= 300 && status < 400);
function needsAnEnd(response) {
  if (typeof response !== 'object' || response === null) return true;
  if (typeof response.then === 'function') return false;
  const responses = response.status === undefined ? Object.values(response) : [response];
  return responses.some(({ status }) => hasNoLast(status));
}

/** A call of several requests, or one that others may overtake. */
function watchMany(original, describe) {
  return function (...args) {
    let call = 0;
    try {
      call = begin(describe(args));
    } catch (_) {
      // No virtual user, or arguments that make no request: the call itself says what is wrong.
    }
    let response;
    try {
      response = original.apply(this, args);
    } finally {
      if (call > 0) end(call, needsAnEnd(response));
    }
    return call > 0 ? follow(response, call) : response;
  };
}
`;

/** In rows of counters, which every k6 can write. */
const BY_ROWS = `
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const requests = new Counter('${REQUEST_METRIC}');
export const ready = new Counter('${READY_METRIC}');

let lastCall = 0;
let own;
const numbers = new Map();

/** A call that waits for its response, of which a virtual user has one at a time. */
function watchOne(original, method, paramsAt) {
  return function (...args) {
    let key;
    let isNew = false;
    try {
      const called = method === undefined ? String(args[0]).toUpperCase() : method;
      const params = args[paramsAt];
      const name = nameOf(args[method === undefined ? 1 : 0], params);
      key = called + ' ' + name;
      const number = numbers.get(key);
      if (number !== undefined) {
        requests.add(number);
      } else if (TAGS.length > 0) {
        requests.add(${NOT_NUMBERED}, { ...tagsOf(params), method: called, name });
      } else {
        if (numbers.size >= ${NUMBERED}) numbers.clear();
        requests.add(-(numbers.size + 1), { method: called, name });
        isNew = true;
      }
    } catch (_) {
      // No virtual user, or arguments that make no request: the call itself says what is wrong.
      key = undefined;
    }
    let status = 0;
    try {
      const response = original(...args);
      if (response) status = response.status;
      return response;
    } finally {
      if (key !== undefined) {
        // Not before: what was said of a call that k6 cut may not have been written.
        if (isNew) numbers.set(key, numbers.size + 1);
        if (hasNoLast(status)) requests.add(0);
      }
    }
  };
}

/** The rows of a call carry its number. */
function begin(requestsOfCall) {
  // Of one virtual user, as this module is; to ask for it takes k6 as long as a third of a request.
  own ??= exec.vu.metrics.metadata;
  lastCall += 1;
  own.${CALL_KEY} = String(lastCall);
  for (const tags of requestsOfCall) requests.add(${NOT_NUMBERED}, tags);
  return lastCall;
}

function end(_, isOver) {
  if (isOver) requests.add(0);
  delete own.${CALL_KEY};
}

/** A promise is over with its iteration, at the latest. */
const follow = (response) => response;
`;

/** Through the module of the folder k6-extension. */
const BY_EXTENSION = `
import { begin, end as endCall, over, ready as begun, watchOne as watch } from 'k6/x/plimsoll';

export const ready = { add: () => begun() };

/** A call that waits for its response, of which a virtual user has one at a time. */
const watchOne = (original, method, paramsAt) =>
  watch(original, method, method === undefined ? 1 : 0, paramsAt, TAGS);

function end(call, isOver) {
  if (isOver) over(call);
  endCall();
}

/** What is told of a promise may be refused, and then there is no request that ends it. */
const follow = (response, call) =>
  response && typeof response.then === 'function' ? response.finally(() => over(call)) : response;
`;
