import { CommanderError } from 'commander';
import { buildProgram, type Commands } from './build-program.js';
import { type CliContext, createLiveFaults } from './cli-context.js';
import { createClock } from './create-clock.js';
import { EXIT } from '../shared/exit.js';
import { exitCodeOfError, exitCodeOfSignal, worstExitCode } from './exit-codes.js';
import { leaveAtOnce } from './leave-at-once.js';
import { printError } from './print-error.js';
import { plimsollVersion } from './plimsoll-version.js';
import { PlimsollError } from '../shared/errors.js';
import { createTerminal } from './terminal.js';
import { type StopSignal, watchSignals } from './watch-signals.js';
import { wireCommands } from './wire-commands.js';

/** A run that a bug has shaken gets this long to take its fault out and stop its services. */
const LONGEST_END_MS = 180_000;

/** The whole of `plimsoll`: reads the command line, does what it says, and ends the process with its exit code. */
export async function main(host: NodeJS.Process): Promise<void> {
  const { env, stdout, stderr } = host;
  const args = host.argv.slice(2);
  const terminal = createTerminal(stdout, stderr, env, { colour: !args.includes('--no-color') });
  const clock = createClock();
  const liveFaults = createLiveFaults();
  const signals = watchSignals(host, clock, {
    onFirst: () => undefined,
    onSecond: (signal) => {
      leaveAtOnce(host, terminal, liveFaults.get(), signal);
    },
  });
  const crash = { happened: false };
  // A bug in the middle of a run must not leave its fault behind: the run is ended as by a signal.
  host.on('uncaughtException', (thrown) => {
    printError(terminal.err, thrown);
    const leave = () => {
      leaveAtOnce(host, terminal, liveFaults.get(), 'SIGTERM');
    };
    if (crash.happened) leave();
    crash.happened = true;
    setTimeout(leave, LONGEST_END_MS).unref();
    signals.stopNow();
  });
  const context: CliContext = {
    terminal,
    env,
    cwd: host.cwd(),
    clock,
    random: Math.random,
    interrupt: signals.interrupt,
    liveFaults,
  };
  const codes = [await runProgram(args, wireCommands(context), context)];
  signals.dispose();
  const lost = terminal.lost();
  if (lost !== undefined) {
    printError(terminal.err, new PlimsollError('NOT_READY', `stdout could not be written: ${lost}`));
    codes.push(EXIT.notReady);
  }
  const exitCode = worstExitCode(codes);
  // The interrupt was our own doing.
  await end(host, crash.happened && exitCode !== EXIT.faultMayBeLive ? EXIT.internal : exitCode);
}

async function runProgram(args: readonly string[], commands: Commands, context: CliContext): Promise<number> {
  const { terminal, interrupt } = context;
  let exitCode: number = EXIT.internal;
  const program = buildProgram(plimsollVersion(), commands, (code) => {
    exitCode = code;
  });
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: terminal.out.write,
      writeErr: terminal.err.write,
      getOutHelpWidth: terminal.out.width,
      getErrHelpWidth: terminal.err.width,
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    // Commander has printed what it had to say; help and version that were asked for are no mistake.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.pass : EXIT.usage;
    const signal = interrupt.aborted ? (interrupt.reason as StopSignal) : undefined;
    if (signal !== undefined && thrown === signal) return exitCodeOfSignal(signal);
    printError(terminal.err, thrown);
    return worstExitCode([exitCodeOfError(thrown)]);
  }
}

/** Ends the process once everything written has been taken, whatever else is still open in it. */
async function end(host: NodeJS.Process, exitCode: number): Promise<void> {
  await Promise.all(
    [host.stdout, host.stderr].map(async (stream) => {
      await new Promise<void>((resolve) => {
        if (stream.destroyed || stream.writableEnded) resolve();
        else
          stream.write('', () => {
            resolve();
          });
      });
    }),
  );
  host.exit(exitCode);
}
