import type { Logger } from '../shared/logger.js';
import { printable } from '../report/printable.js';
import { painter } from './paint.js';
import type { Output } from './terminal.js';

/** Diagnostics on stderr; `debug` lines only where PLIMSOLL_DEBUG is set. */
export function createLogger(output: Output, env: NodeJS.ProcessEnv): Logger {
  const paint = painter(output);
  const wantsDebug = (env.PLIMSOLL_DEBUG ?? '') !== '';
  return {
    debug: (message) => {
      if (wantsDebug) output.write(`${paint('dim', `debug: ${printable(message)}`)}\n`);
    },
    warn: (message) => {
      output.write(`${paint('yellow', 'warning:')} ${printable(message)}\n`);
    },
  };
}
