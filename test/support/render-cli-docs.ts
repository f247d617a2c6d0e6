import type { Command } from 'commander';
import { format } from 'prettier';
import { EXAMPLES } from '../../src/cli/program-texts.js';

const INTRODUCTION = `# The command line

\`plimsoll COMMAND\`, or \`npx plimsoll COMMAND\`. \`plimsoll COMMAND --help\` says what is here too.

Data and the final summary go to stdout; progress, warnings and errors go to stderr. On a terminal the steps of a run are drawn as
they go on; elsewhere, and with \`--no-color\` or \`NO_COLOR\`, there is a line for each step and each event. What each exit code means
is in [verdicts and exit codes](verdicts-and-exit-codes.md).

The first Ctrl-C (or SIGTERM, or a closed terminal) takes the fault out, stores the result and ends. A second one leaves at once and says
what may still be live.

<!-- Made from the program's own help: UPDATE_GOLDEN=1 npm test -->
`;

/** docs/cli.md, from the same definitions that the program reads its arguments by. */
export async function renderCliDocs(program: Command): Promise<string> {
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const text = [
    INTRODUCTION,
    ...commands.map(renderCommand),
    '## Of every command\n',
    optionTable(program),
    ENVIRONMENT,
  ].join('\n');
  return await format(text, { parser: 'markdown', printWidth: 110 });
}

const ENVIRONMENT = `## Environment variables

| variable | meaning |
|---|---|
| \`PLIMSOLL_K6\` | the k6 to use: an absolute path. Nothing else is tried in its stead |
| \`PLIMSOLL_DEBUG\` | not empty: diagnostics of the adapters on stderr |
| \`NO_COLOR\` | not empty: as \`--no-color\` |
| \`FORCE_COLOR\` | not empty and not 0: colours where there is no terminal too |
| \`XDG_CACHE_HOME\` | where \`plimsoll/k6/\` is looked for; default \`~/.cache\` |
`;

function renderCommand(command: Command): string {
  const args = command.registeredArguments.map(
    (argument) => `| \`${argument.name()}\` | ${cell(argument.description)}${choices(argument.argChoices)} |`,
  );
  const examples = (EXAMPLES[command.name()] ?? []).map(({ line, what }) => `# ${what}\n${line}`);
  return [
    `## ${command.name()}\n`,
    `${command.description()}.\n`,
    '```\n' + `plimsoll ${command.name()} ${command.usage()}` + '\n```\n',
    ...(args.length === 0 ? [] : ['| argument | meaning |\n|---|---|', ...args, '']),
    optionTable(command),
    '```sh\n' + examples.join('\n') + '\n```\n',
  ].join('\n');
}

function optionTable(command: Command): string {
  const rows = command.options.map(
    (option) =>
      `| \`${option.flags}\` | ${cell(option.description)}${choices(option.argChoices)}${option.mandatory ? '; required' : ''} |`,
  );
  return rows.length === 0 ? '' : ['| option | meaning |\n|---|---|', ...rows, ''].join('\n');
}

function choices(of: readonly string[] | undefined): string {
  return of === undefined ? '' : `: ${of.map((choice) => `\`${choice}\``).join(', ')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
