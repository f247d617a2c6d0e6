import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { BacktestCommandOptions } from './commands/backtest.js';
import type { JudgeOptions } from './commands/judge.js';
import type { InitOptions } from './commands/init.js';
import type { ListOptions } from './commands/list.js';
import type { PlanOptions } from './commands/plan.js';
import type { RbacOptions } from './commands/rbac.js';
import type { ReportOptions } from './commands/report.js';
import type { RunOptions } from './commands/run.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { SweepOptions } from './commands/sweep.js';
import type { TapeCommandOptions } from './commands/tape.js';
import type { ValidateOptions } from './commands/validate.js';
import { messageOf } from '../shared/errors.js';
import { parseDuration } from '../shared/units.js';
import { GENERATORS, REPORT_FORMATS, SCHEMA_KINDS, type SchemaKind } from './program-choices.js';
import { EXAMPLES, EXIT_CODES_TEXT } from './program-texts.js';

/** What the program calls; each resolves to the exit code. */
export interface Commands {
  run(
    paths: readonly string[],
    options: RunOptions & { readonly selector?: readonly string[] },
  ): Promise<number>;
  plan(file: string, options: PlanOptions): Promise<number>;
  validate(paths: readonly string[], options: ValidateOptions): Promise<number>;
  list(paths: readonly string[], options: ListOptions): Promise<number>;
  rbac(paths: readonly string[], options: RbacOptions): Promise<number>;
  judge(run: string, options: JudgeOptions): Promise<number>;
  backtest(reports: string | undefined, options: BacktestCommandOptions): Promise<number>;
  report(run: string, options: ReportOptions): Promise<number>;
  tape(run: string, options: TapeCommandOptions): Promise<number>;
  sweep(options: SweepOptions): Promise<number>;
  doctor(options: DoctorOptions): Promise<number>;
  init(folder: string, options: InitOptions): Promise<number>;
  schema(kind: SchemaKind): Promise<number>;
}

/** The command line as it is typed: names, arguments, options, help. What a command does is given. */
export function buildProgram(
  version: string,
  commands: Commands,
  onExitCode: (exitCode: number) => void,
): Command {
  const program = new Command('plimsoll')
    .description(
      'Puts a service under a fault and a load at once, and says whether it stays above its SLA line.',
    )
    .version(version, '-V, --version', 'print the version')
    .option('--no-color', 'no colours and no moving lines; NO_COLOR does the same')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('plimsoll --help tells what there is.')
    .addHelpText('after', `\n${EXIT_CODES_TEXT}`);
  /** Commander hands over the arguments, then the options, then the command itself. */
  const does =
    <Args extends unknown[]>(action: (...args: Args) => Promise<number>) =>
    async (...args: Args) => {
      onExitCode(await action(...args));
    };

  command(program, 'run', 'Run experiments and judge them')
    .argument(
      '[paths...]',
      'experiments, suites, or folders with experiments; default: the only experiment of the project',
    )
    .addOption(ENVIRONMENT())
    .addOption(CONFIG())
    .addOption(GENERATOR())
    .addOption(SELECTOR())
    .option(
      '--baseline <run>',
      'the accepted run that "of baseline" in objectives means: its id, folder or result.json',
    )
    .option('--reports <folder>', 'where results go; default: what the config says')
    .addOption(MAX_DURATION())
    .addOption(KEEP_SAMPLES())
    .option('--junit <file>', 'also write a JUnit file')
    .option('--markdown <file>', 'also write a comment for a pull request')
    .addOption(JSON_OUT('print the result on stdout, and nothing else there; of several paths an array'))
    .option('-q, --quiet', 'no progress; one line for each verdict')
    .action(does((paths: string[], options: Parameters<Commands['run']>[1]) => commands.run(paths, options)));

  command(program, 'plan', 'Say what a run would do, touching nothing')
    .argument('<file>', 'an experiment')
    .addOption(ENVIRONMENT())
    .addOption(CONFIG())
    .addOption(GENERATOR())
    .addOption(JSON_OUT('print the plan on stdout as JSON'))
    .action(does((file: string, options: PlanOptions) => commands.plan(file, options)));

  command(program, 'validate', 'Say everything that is wrong with files')
    .argument('<paths...>', 'experiments, suites, configs, or folders with them')
    .addOption(JSON_OUT('print the problems on stdout as JSON'))
    .option('-q, --quiet', 'print nothing where all is well')
    .action(does((paths: string[], options: ValidateOptions) => commands.validate(paths, options)));

  command(program, 'list', 'Show experiments with what they do and what they need')
    .argument('[paths...]', 'experiments, suites, or folders; default: the experiments of the project')
    .addOption(CONFIG())
    .addOption(SELECTOR())
    .addOption(JSON_OUT('print them on stdout as JSON'))
    .action(does((paths: string[], options: ListOptions) => commands.list(paths, options)));

  command(program, 'rbac', 'Print the least Roles and RoleBindings that experiments need on a cluster')
    .argument('<paths...>', 'experiments, suites, or folders with experiments')
    .addOption(ENVIRONMENT())
    .addOption(CONFIG())
    .addOption(SELECTOR())
    .option(
      '--service-account <namespace/name>',
      'whom they are for; default: whom the environment impersonates',
    )
    .option('--user <name>', 'the same for a user')
    .option('--name <name>', 'what the objects are called', 'plimsoll')
    .action(does((paths: string[], options: RbacOptions) => commands.rbac(paths, options)));

  command(program, 'judge', 'Judge a stored run by other objectives, without running anything')
    .argument('<run>', "a run's id, its folder, or its result.json")
    .requiredOption('--sla <file>', 'the experiment whose objectives to judge by')
    .option('--baseline <run>', 'the accepted run that "of baseline" means')
    .option('-o, --output <file>', 'store the judged result')
    .addOption(REPORTS())
    .addOption(JSON_OUT('print the judged result on stdout'))
    .action(does((run: string, options: JudgeOptions) => commands.judge(run, options)));

  command(program, 'backtest', 'Say what other objectives would have made of the stored runs')
    .argument('[reports]', 'the folder of the runs; default: what the config says')
    .requiredOption('--sla <file>', 'the experiment whose objectives to judge by')
    .option('--experiment <name>', 'only runs of this experiment')
    .option('--baseline <run>', 'the accepted run that "of baseline" means')
    .addOption(JSON_OUT('print every run, the counts and the flips on stdout as JSON'))
    .action(
      does((reports: string | undefined, options: BacktestCommandOptions) =>
        commands.backtest(reports, options),
      ),
    );

  command(program, 'report', 'Make the report of a stored run again')
    .argument('<run>', "a run's id, its folder, or its result.json")
    .addOption(new Option('-f, --format <format>', 'what to make').choices(REPORT_FORMATS).default('html'))
    .option(
      '-o, --output <file>',
      'where to; default: report.html beside the result, anything else to stdout',
    )
    .addOption(REPORTS())
    .action(does((run: string, options: ReportOptions) => commands.report(run, options)));

  command(program, 'tape', 'Measure any window of a stored run again, or print its seconds')
    .argument('<run>', "a run's id, its folder, its result.json, or its tape.plm")
    .option('--from <time>', 'only what ended from here on, counted from the start of the tape, like 12.5s')
    .option('--to <time>', 'only what ended until then')
    .option('--endpoint <name>', 'only this endpoint')
    .addOption(
      new Option('--csv', 'print a row for each second, endpoint and outcome').conflicts(['json', 'parquet']),
    )
    .addOption(
      new Option('--parquet <file>', 'write the same rows for DuckDB, pandas and their like').conflicts(
        'json',
      ),
    )
    .addOption(JSON_OUT('print the same as JSON, with the histograms'))
    .addOption(REPORTS())
    .action(does((run: string, options: TapeCommandOptions) => commands.tape(run, options)));

  command(program, 'sweep', 'Take away what dead runs left')
    .addOption(new Option('-e, --environment <name>', 'only runs of this environment'))
    .addOption(new Option('--run <id>', 'only this run'))
    .addOption(
      new Option('--orphans', 'on a cluster, also what runs of other machines left that are alive nowhere'),
    )
    .addOption(new Option('--force', 'on a cluster, take off finalizers; the fault may stay in its pods'))
    .addOption(
      new Option(
        '--deadline <time>',
        'on a cluster, how long to wait for the proof that a fault is gone; default: 60s',
      ).argParser(toDuration),
    )
    .addOption(CONFIG())
    .addOption(JSON_OUT('print what was found and done on stdout as JSON'))
    .action(does((options: SweepOptions) => commands.sweep(options)));

  command(program, 'doctor', 'Say what is here, what is missing, and how to get it')
    .addOption(
      new Option(
        '-e, --environment <name>',
        'look at this environment in depth: of a cluster its API server, this identity and its rights, Chaos Mesh part by part, what is at work there and what was left',
      ),
    )
    .addOption(CONFIG())
    .addOption(JSON_OUT('print the checks on stdout as JSON'))
    .action(does((options: DoctorOptions) => commands.doctor(options)));

  command(program, 'init', 'Write a project to start from: config, experiment, load, demo service, workflow')
    .argument('[folder]', 'where to', '.')
    .option('--force', 'write over files that are there')
    .action(does((folder: string, options: InitOptions) => commands.init(folder, options)));

  command(program, 'schema', 'Print the JSON Schema of a kind of file')
    .addArgument(new Argument('<kind>', 'the kind of file').choices(SCHEMA_KINDS))
    .action(does((kind: SchemaKind) => commands.schema(kind)));

  return program;
}

const ENVIRONMENT = () =>
  new Option('-e, --environment <name>', 'where to run; default: what the config says');
const CONFIG = () =>
  new Option('-c, --config <file>', 'the config; default: the nearest plimsoll.yaml upwards');
const GENERATOR = () =>
  new Option('--generator <name>', 'what makes the load; auto is k6 where there is one')
    .choices(GENERATORS)
    .default('auto');
/** Each takes one label: one that took several would swallow the paths behind it. */
const SELECTOR = () =>
  new Option(
    '-l, --selector <key=value>',
    'only experiments with this label; given several times, all must hold',
  ).argParser((label: string, labels: readonly string[] | undefined) => [...(labels ?? []), label]);
const MAX_DURATION = () =>
  new Option(
    '--max-duration <time>',
    'end each run, and take its fault out, when it is not over by then: 5m',
  ).argParser(toDuration);
const KEEP_SAMPLES = () =>
  new Option(
    '--keep-samples',
    'keep every single request, too, in samples.parquet beside the result: about 10 bytes each',
  );
const JSON_OUT = (what: string) => new Option('--json', what);
const REPORTS = () =>
  new Option('--reports <folder>', 'where runs are looked for by id; default: what the config says');

/** In milliseconds. */
function toDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function command(program: Command, name: string, summary: string): Command {
  const examples = EXAMPLES[name] ?? [];
  const lines = examples.map(({ line, what }) => `  # ${what}\n  $ ${line}\n`);
  return program
    .command(name)
    .description(summary)
    .addHelpText('after', `\nExamples:\n${lines.join('')}`)
    .showHelpAfterError(`plimsoll ${name} --help tells how it is used.`);
}
