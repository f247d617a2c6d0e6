import type { Hold } from '../delay-line.js';
import type { HttpFault } from '../proxy-rule.js';
import type { HttpState } from '../rule-states.js';
import { matchesMessage } from './match-message.js';
import type { RequestHead, ResponseHead } from './message-head.js';

/** Shows a message to the rules for its kind, and returns those that match. Counts what they saw and abort. */
export function lookAt(
  rules: readonly HttpState[],
  target: HttpFault['target'],
  request: RequestHead,
  response?: ResponseHead,
): readonly HttpState[] {
  const seeing = rules.filter(({ fault }) => fault.target === target);
  for (const state of seeing) state.messagesSeen += 1;
  const matching = seeing.filter(({ fault }) => matchesMessage(fault.match, request, response));
  for (const state of matching) if (state.fault.actions.abort) state.aborted += 1;
  return matching;
}

export function holdsOf(matching: readonly HttpState[]): readonly Hold[] {
  return matching
    .filter(({ fault }) => fault.actions.delayMs > 0)
    .map((rule) => ({ rule, ms: rule.fault.actions.delayMs, what: 'message' }));
}

/** Counts the rules that change the message. Returns whether any does. */
export function countEdits(matching: readonly HttpState[]): boolean {
  let isEdited = false;
  for (const state of matching) {
    const { replace, patch } = state.fault.actions;
    const { path, method, code, body, queries, headers } = replace;
    const replaces =
      [path, method, code, body].some((part) => part !== undefined) || queries.length + headers.length > 0;
    const patches = patch.queries.length + patch.headers.length > 0;
    if (replaces) state.replaced += 1;
    if (patches) state.patched += 1;
    isEdited ||= replaces || patches;
  }
  return isEdited;
}
