import type { LiveFault } from './cli-context.js';
import { EXIT } from '../shared/exit.js';
import { exitCodeOfSignal } from './exit-codes.js';
import { painter } from './paint.js';
import type { Terminal } from './terminal.js';
import type { StopSignal } from './watch-signals.js';

/** The end of somebody who does not want to wait: says what may be live, and how to look. */
export function leaveAtOnce(
  host: Pick<NodeJS.Process, 'exit'>,
  { err }: Terminal,
  live: LiveFault | undefined,
  signal: StopSignal,
): void {
  const paint = painter(err);
  if (live === undefined) {
    err.write('left at once; processes of the run may still be there: plimsoll sweep\n');
    host.exit(exitCodeOfSignal(signal));
  } else {
    const { faults, environment } = live;
    err.write(
      `${paint('red', 'left at once, and a fault may still be live:')} ${faults.join(', ')} in ${environment}\n` +
        `  look, and take it out: plimsoll sweep --environment ${environment}\n`,
    );
    host.exit(EXIT.faultMayBeLive);
  }
}
