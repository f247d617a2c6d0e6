import { messageOf, PlimsollError } from '../shared/errors.js';
import { painter } from './paint.js';
import type { Output } from './terminal.js';

/**
 * What was thrown, for people: an expected failure with what to do about it, anything else as the bug that it is,
 * with its stack.
 */
export function formatError(thrown: unknown, options: { readonly colour: boolean }): string {
  const paint = painter(options);
  if (thrown instanceof PlimsollError) {
    const { message, remedy, cause } = thrown;
    const because = cause === undefined || message.includes(messageOf(cause)) ? '' : messageOf(cause);
    return [
      `${paint('red', 'error:')} ${message}`,
      ...(because === '' ? [] : [`  because: ${because}`]),
      ...(remedy === '' ? [] : [`  remedy:  ${remedy}`]),
      '',
    ].join('\n');
  }
  return [
    `${paint('red', 'internal error:')} ${messageOf(thrown)}`,
    ...stackLines(thrown),
    'This is a bug in Plimsoll. Please report it with these lines, the command, and what `plimsoll doctor` prints.',
    '',
  ].join('\n');
}

export function printError(output: Output, thrown: unknown): void {
  output.write(formatError(thrown, output));
}

/** The stack without its first line, which the message is already, and with the causes behind it. */
function stackLines(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error)) return [];
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return thrown.cause === undefined
    ? frames
    : [...frames, `  caused by: ${messageOf(thrown.cause)}`, ...stackLines(thrown.cause)];
}
