import type { Result } from '../experiments/result-schema.js';

/** A word that a POSIX shell reads as it is, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that runs the same experiment again. */
export function runCommand(result: Result): string {
  return `plimsoll run ${shellWord(result.experiment.file)} --environment ${shellWord(result.environment.name)}`;
}

/** The command that finds and takes out what a run left behind. */
export function sweepCommand(result: Result): string {
  return `plimsoll sweep --environment ${shellWord(result.environment.name)}`;
}
