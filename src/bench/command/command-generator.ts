import type { CommandLoad, LoadGenerator, PlannedLoad } from '../load-generator.js';
import { describeCommand } from './describe-command.js';
import { preflightCommand } from './preflight-command.js';
import { startCommand, type CommandOptions } from './start-command.js';

/** Runs any command whose output has a row for each request. */
export function createCommandGenerator(options: CommandOptions): LoadGenerator {
  return {
    describe: (load) => describeCommand(commandOf(load)),
    preflight: (load) => preflightCommand(commandOf(load), options.searchPath),
    start: (load, tape, signal) => startCommand(commandOf(load), tape, signal, options),
  };
}

function commandOf(load: PlannedLoad): CommandLoad {
  if (load.kind !== 'command')
    throw new Error(`a load of kind ${load.kind} was given to the command generator`);
  return load;
}
