// The demo service that local experiments put under load: orders are accepted and can be read back.
// One file without dependencies. It listens on PORT (0 or none: any free port), on the loopback interface only.
//
//   POST /orders      {"item": "tea", "quantity": 2}  ->  201 {"id": "...", ...}
//   GET  /orders      the latest 50 of them, some kilobytes
//   GET  /orders/:id  the order
//   GET  /healthz     200 while it accepts requests, 503 while it shuts down
//   GET  /stats       how many requests each route has got, to compare a load generator's count with
//   GET  /metrics     what Prometheus scrapes: requests by route and status, and how long they took
import { createServer } from 'node:http';

const MAX_BODY_BYTES = 64 * 1024;
/** Orders kept in memory; the oldest are forgotten. */
const MAX_ORDERS = 10_000;
const LISTED_ORDERS = 50;
/** Time that a request takes, as if a database were asked: between these two, the same sequence in every run. */
const SERVICE_MS = { least: 5, most: 12 };
const SHUTDOWN_MS = 10_000;

const orders = new Map();
/** The newest last. */
const latest = [];
/** The bounds of the histogram's buckets, in seconds. */
const BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
/** By route: answers by status, and latencies by bucket, not yet added up. */
const metrics = new Map();
const counts = { 'POST /orders': 0, 'GET /orders': 0, 'GET /orders/:id': 0, 'GET /healthz': 0, other: 0 };
let served = 0;
let shuttingDown = false;

const server = createServer((request, response) => {
  // A connection is not kept when its next request could find nobody.
  if (shuttingDown) response.setHeader('connection', 'close');
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  measure(request.method, pathname, response);
  if (request.method === 'POST' && pathname === '/orders') return submit(request, response);
  if (request.method === 'GET' && pathname === '/orders') return list(response);
  if (request.method === 'GET' && /^\/orders\/[^/]+$/.test(pathname)) return read(pathname, response);
  if (request.method === 'GET' && pathname === '/healthz') {
    counts['GET /healthz'] += 1;
    return send(response, shuttingDown ? 503 : 200, { status: shuttingDown ? 'shutting down' : 'ok' });
  }
  if (request.method === 'GET' && pathname === '/stats')
    return send(response, 200, { pid: process.pid, requests: counts });
  if (request.method === 'GET' && pathname === '/metrics') return exportMetrics(response);
  counts.other += 1;
  return send(response, 404, { error: `no ${request.method} ${pathname} here` });
});

/** Counts what the load asks for, not who looks after the service. */
function measure(method, pathname, response) {
  if (!/^\/orders(\/|$)/.test(pathname)) return;
  const route = `${method} ${pathname === '/orders' ? pathname : '/orders/:id'}`;
  const startedMs = performance.now();
  response.on('finish', () => {
    const seconds = (performance.now() - startedMs) / 1000;
    const one = metrics.get(route) ?? {
      statuses: new Map(),
      buckets: BOUNDS_S.map(() => 0),
      count: 0,
      sum: 0,
    };
    metrics.set(route, one);
    one.statuses.set(response.statusCode, (one.statuses.get(response.statusCode) ?? 0) + 1);
    const bucket = BOUNDS_S.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) one.buckets[bucket] += 1;
    one.count += 1;
    one.sum += seconds;
  });
}

/** In the text format of Prometheus. */
function exportMetrics(response) {
  const counters = [];
  const histograms = [];
  for (const [route, { statuses, buckets, count, sum }] of metrics) {
    for (const [status, times] of statuses)
      counters.push(`orders_requests_total{route="${route}",status="${status}"} ${times}`);
    let below = 0;
    for (const [index, times] of buckets.entries()) {
      below += times;
      histograms.push(`orders_request_seconds_bucket{route="${route}",le="${BOUNDS_S[index]}"} ${below}`);
    }
    histograms.push(
      `orders_request_seconds_bucket{route="${route}",le="+Inf"} ${count}`,
      `orders_request_seconds_sum{route="${route}"} ${sum}`,
      `orders_request_seconds_count{route="${route}"} ${count}`,
    );
  }
  const text = [
    '# HELP orders_requests_total Requests that were answered.',
    '# TYPE orders_requests_total counter',
    ...counters,
    '# HELP orders_request_seconds How long they took.',
    '# TYPE orders_request_seconds histogram',
    ...histograms,
    '',
  ].join('\n');
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function submit(request, response) {
  counts['POST /orders'] += 1;
  const chunks = [];
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES)
      return send(response, 413, { error: `an order has at most ${MAX_BODY_BYTES} bytes` });
    const { order, problem } = parseOrder(Buffer.concat(chunks).toString());
    if (problem) return send(response, 400, { error: problem });
    return afterService(() => {
      const id = `${process.pid.toString(36)}-${counts['POST /orders'].toString(36)}-${(served++).toString(36)}`;
      orders.set(id, { id, ...order });
      if (latest.push(orders.get(id)) > LISTED_ORDERS) latest.shift();
      if (orders.size > MAX_ORDERS) orders.delete(orders.keys().next().value);
      send(response, 201, orders.get(id));
    });
  });
}

function parseOrder(text) {
  let order;
  try {
    order = JSON.parse(text);
  } catch {
    return { problem: 'the body is not JSON' };
  }
  if (typeof order !== 'object' || order === null || Array.isArray(order))
    return { problem: 'an order is a JSON object' };
  const { item, quantity = 1 } = order;
  if (typeof item !== 'string' || item === '') return { problem: 'an order needs an "item"' };
  if (!Number.isInteger(quantity) || quantity < 1)
    return { problem: '"quantity" is a whole number from 1 on' };
  return { order: { item, quantity } };
}

function list(response) {
  counts['GET /orders'] += 1;
  afterService(() => send(response, 200, latest));
}

function read(pathname, response) {
  counts['GET /orders/:id'] += 1;
  const order = orders.get(decode(pathname.slice('/orders/'.length)));
  afterService(() => (order ? send(response, 200, order) : send(response, 404, { error: 'no such order' })));
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // names no order, which is the answer
  }
}

/** Multiples of the golden ratio fill the range evenly, in an order without a pattern that a load could meet. */
let turn = 0;
function afterService(answer) {
  turn += 1;
  const share = (turn * 0.6180339887498949) % 1;
  setTimeout(answer, SERVICE_MS.least + share * (SERVICE_MS.most - SERVICE_MS.least));
}

function send(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function shutDown() {
  if (shuttingDown) return;
  shuttingDown = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // Requests in flight may finish; a client that never ends does not hold the process for ever.
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
}

process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);
server.keepAliveTimeout = 60_000;
server.on('error', (error) => {
  console.error(`order-service: ${error.message}`);
  process.exit(1);
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`order-service listening on http://127.0.0.1:${server.address().port}`);
});
