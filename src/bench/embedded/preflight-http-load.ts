import { validateHeaderName, validateHeaderValue } from 'node:http';
import { messageOf } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import type { HttpLoad, PlannedRequest } from '../load-generator.js';

/** Headers that belong to the connection, which undici alone decides about. */
const CONNECTION_HEADERS = ['transfer-encoding', 'upgrade', 'expect', 'keep-alive', 'content-length'];

/** Everything about a declarative load that the embedded generator could not send. */
export function preflightHttpLoad(load: HttpLoad): readonly Finding[] {
  return [...profileFindings(load), ...load.requests.flatMap(requestFindings)];
}

function profileFindings({ profile }: HttpLoad): readonly Finding[] {
  if (profile.model === 'open') return [];
  return [
    {
      severity: 'warning',
      code: 'closed-model',
      message: 'a closed load waits while the service stalls, and so hides the stall from its percentiles',
      remedy:
        'give the load a rate (profile: {rate: 100/s}) where the users of the service would not wait either',
    },
  ];
}

function requestFindings(request: PlannedRequest): readonly Finding[] {
  const problems: string[] = [];
  const attempt = (what: () => unknown): void => {
    try {
      what();
    } catch (thrown) {
      problems.push(messageOf(thrown));
    }
  };
  attempt(() => {
    const { protocol } = new URL(request.url);
    if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${protocol}// is not HTTP`);
  });
  for (const [name, value] of Object.entries(request.headers)) {
    attempt(() => {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      if (CONNECTION_HEADERS.includes(name.toLowerCase()))
        throw new Error(`the header ${name} is set by the generator itself`);
    });
  }
  return problems.map((problem) => ({
    severity: 'stop',
    code: 'invalid-request',
    message: `the request "${request.name}" cannot be sent: ${problem}`,
    remedy: 'correct it under load.http in the experiment',
  }));
}
