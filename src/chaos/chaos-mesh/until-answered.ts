import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { Clock } from '../../shared/time.js';

const ASK_AGAIN_MS = 1000;
/** No answer; or one that says nothing of what was asked: the API server is busy, or starts or stops just now. */
const NO_ANSWERS = [0, 429, 500, 502, 503, 504];

/**
 * Asks again while the API server is away, as it is for some seconds when it starts anew. Only for questions that may be
 * asked twice. Rejects with the last failure once the signal aborts.
 */
export async function untilAnswered<T>(
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof KubeError) || !NO_ANSWERS.includes(error.status)) throw error;
      try {
        await clock.sleep(ASK_AGAIN_MS, signal);
      } catch {
        throw error; // it says more than that the time is over
      }
    }
  }
}
