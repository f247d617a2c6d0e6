import type { EpochMs } from '../../shared/time.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../sample-batch.js';
import type { CompiledRequest } from './compile-request.js';
import type { TokenValues } from './compile-template.js';
import type { Connection } from './connection.js';

/** A request on its way. */
export interface RequestInFlight {
  readonly sentAtMs: EpochMs;
  /** Ends it as a request without a response, and cuts its connection off. */
  giveUp(): void;
}

/**
 * Sends one request. `onEnd` is called once: at the end of the response's body, at an error, or when the request is
 * given up. A response that breaks off half-way is no response.
 */
export function sendRequest(
  connection: Connection,
  what: {
    readonly request: CompiledRequest;
    readonly sentAtMs: EpochMs;
    readonly values: TokenValues;
  },
  onEnd: (result: number) => void,
): RequestInFlight {
  const { request, sentAtMs } = what;
  let status = 0;
  let ended = false;
  const end = (result: number): void => {
    if (ended) return;
    ended = true;
    onEnd(result);
  };
  const inFlight: RequestInFlight = {
    sentAtMs,
    giveUp: () => {
      connection.abandon();
      end(RESULT_NO_RESPONSE);
    },
  };
  connection.dispatch(request.build(what.values), {
    onRequestStart: nothing,
    onResponseStart: (_controller, statusCode) => {
      status = statusCode;
    },
    onResponseData: nothing,
    onResponseEnd: () => {
      end(status >= request.minStatus && status <= request.maxStatus ? RESULT_OK : RESULT_FAILED_RESPONSE);
    },
    onResponseError: () => {
      // Not at once: where requests break while they are being sent, each would start the next on its own stack.
      setImmediate(end, RESULT_NO_RESPONSE);
    },
  });
  return inFlight;
}

function nothing(): void {
  // undici wants a handler for each step; the body is read and thrown away.
}
