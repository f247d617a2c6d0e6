import { kubectl } from '../e2e/support/kubectl.js';
import { SHOP } from '../e2e/support/shop.js';

const TRIES = 5;

/** What is still there of any fault: objects, rules for the pods, and pods that answer as late as a fault made them. */
export async function remainsInShop(delayMs: number): Promise<readonly string[]> {
  const objects = await kubectl('-n', SHOP, 'get', 'networkchaos,podchaos,stresschaos', '-o', 'name');
  const rules = await kubectl('-n', SHOP, 'get', 'podnetworkchaos', '-o', 'jsonpath={.items[*].spec}');
  const path = '{range .items[?(@.status.phase=="Running")]}{.metadata.name} {.status.podIP}{"\\n"}{end}';
  const pods = await kubectl('-n', SHOP, 'get', 'pods', '-l', 'app=orders', '-o', `jsonpath=${path}`);
  const late = await Promise.all(
    pods
      .split('\n')
      .filter((line) => line !== '')
      .map(async (line) => {
        const [name = '', address = ''] = line.split(' ');
        const fastestMs = await fastestAnswer(`http://${address}:8080/`);
        return fastestMs < delayMs ? [] : [`pod ${name} answers after ${Math.round(fastestMs)} ms`];
      }),
  );
  const active = /"(source|rules?)"/.test(rules) ? [`rules in pods: ${rules}`] : [];
  return [...objects.split('\n').filter((line) => line !== ''), ...active, ...late.flat()];
}

/** Of some, since a busy machine answers late too, but not each time. A pod that is just being replaced does not count. */
async function fastestAnswer(url: string): Promise<number> {
  let fastestMs = Infinity;
  for (let time = 0; time < TRIES; time++) {
    const beganAt = performance.now();
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(5000) })).text();
    } catch {
      return 0;
    }
    fastestMs = Math.min(fastestMs, performance.now() - beganAt);
  }
  return fastestMs;
}
