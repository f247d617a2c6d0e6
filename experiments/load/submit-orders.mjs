// A load program of one's own, in a page: it submits orders on schedule, whatever the service does, and prints a line of
// JSON for each that has ended. It runs alone too: node submit-orders.mjs http://127.0.0.1:18080 100
//
//   {"start": 1763878531182.4, "duration": 8.3, "ok": true}     milliseconds since 1970, milliseconds
import { Agent, request as send } from 'node:http';

const [base, rate = '100'] = process.argv.slice(2);
const perSecond = Number(rate);
if (base === undefined || !(perSecond > 0)) {
  console.error('usage: node submit-orders.mjs BASE_URL [ORDERS_PER_SECOND]');
  process.exit(2);
}

const TIMEOUT_MS = 5000;
const body = JSON.stringify({ item: 'tea', quantity: 2 });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
const agent = new Agent({ keepAlive: true });
const underWay = new Set();

const beganAt = performance.now();
let started = 0;
const sending = setInterval(() => {
  for (; (started * 1000) / perSecond <= performance.now() - beganAt; started++) {
    const request = submit(beganAt + (started * 1000) / perSecond).finally(() => underWay.delete(request));
    underWay.add(request);
  }
}, 2);

/** An order counts from the moment when it was due, so that a stall of this program or of the service is in its time. */
async function submit(dueAt) {
  const ok = await isAccepted().catch(() => false); // refused, reset or timed out
  const row = { start: performance.timeOrigin + dueAt, duration: performance.now() - dueAt, ok };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

function isAccepted() {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const order = send(`${base}/orders`, { method: 'POST', agent, headers, signal }, (response) => {
      response.on('error', reject).on('end', () => resolve(response.statusCode === 201));
      response.resume();
    });
    order.on('error', reject).end(body);
  });
}

// Plimsoll stops a load with SIGINT: no new orders, and those under way come to their end.
process.once('SIGINT', async () => {
  clearInterval(sending);
  await Promise.all(underWay);
  process.exit(0);
});
