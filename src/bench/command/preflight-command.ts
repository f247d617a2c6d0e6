import { findProgram } from '../../shared/find-program.js';
import type { Finding } from '../../shared/finding.js';
import type { CommandLoad } from '../load-generator.js';

/** Looks for the program of a command. What it does with its arguments is known only when it runs. */
export async function preflightCommand(
  { command, cwd, env }: CommandLoad,
  searchPath: string,
): Promise<readonly Finding[]> {
  const [word = ''] = command;
  const program = await findProgram(word, cwd, env.PATH ?? searchPath);
  switch (program.status) {
    case 'found':
      return [];
    case 'not-found':
      return [
        {
          severity: 'stop',
          code: 'load-command-not-found',
          message: `load.command: there is no program ${word} ${word.includes('/') ? `below ${cwd}` : 'on the PATH'}`,
          remedy: 'install it, or correct load.command.command in the experiment',
        },
      ];
    case 'not-executable':
      return [
        {
          severity: 'stop',
          code: 'load-command-not-executable',
          message: `load.command: this user may not execute ${program.path}`,
          remedy: `chmod +x '${program.path}'`,
        },
      ];
  }
}
