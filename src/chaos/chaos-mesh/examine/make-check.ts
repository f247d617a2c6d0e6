import type { Check } from '../../../shared/check.js';
import type { Finding } from '../../../shared/finding.js';

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, remedy: '' };
}

export function missing(name: string, detail: string, remedy = ''): Check {
  return { name, status: 'missing', detail, remedy };
}

export function problem(name: string, detail: string, remedy: string): Check {
  return { name, status: 'problem', detail, remedy };
}

/** What preflight would say, as the doctor says it. */
export function checkOf(name: string, { severity, message, remedy }: Finding): Check {
  return { name, status: severity === 'stop' ? 'problem' : 'missing', detail: message, remedy };
}
