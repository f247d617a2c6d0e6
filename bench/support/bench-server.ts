/**
 * The service under load, a process of its own: `node bench-server.js BEHAVIOUR [MS]`, on PORT of 127.0.0.1. Its first
 * line of output is its port. GET /count says how many other requests have come.
 *
 * - `fixed MS`: every answer takes that long.
 * - `stalling MS`: the same, but for 1 s of every 10 s requests are held until that second is over.
 * - `spread`: between 2 and 60 ms, one in a hundred up to half a second, the same sequence each time.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PERIOD_MS = 10_000;
const STALL_MS = 1_000;

const [behaviour = 'fixed', givenMs = '5'] = process.argv.slice(2);
const answerMs = Number(givenMs);
let count = 0;

const server = createServer((request, response) => {
  const answer = (): unknown => response.end('ok');
  if (request.url === '/count') {
    response.end(String(count));
    return;
  }
  count += 1;
  request.resume();
  setTimeout(answer, waitMs());
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});
// The end of the parent's pipe is the end of this process, however the parent ends.
if (process.env.PORT === undefined) process.stdin.resume().on('end', () => process.exit());
process.on('SIGTERM', () => process.exit());

function waitMs(): number {
  switch (behaviour) {
    case 'stalling': {
      const intoPeriodMs = performance.now() % PERIOD_MS;
      return answerMs + (intoPeriodMs < STALL_MS ? STALL_MS - intoPeriodMs : 0);
    }
    case 'spread': {
      const place = (count * 0.618_033_988_75) % 1; // the golden ratio's multiples are spread evenly
      return place < 0.99 ? 2 + 58 * place ** 2 : 60 + 440 * (place - 0.99) * 100;
    }
    default:
      return answerMs;
  }
}
