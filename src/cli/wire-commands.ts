import type { Commands } from './build-program.js';
import type { CliContext } from './cli-context.js';

/** The commands over the real world. Each is loaded when it is called: `--help` needs no load generator. */
export function wireCommands(context: CliContext): Commands {
  return {
    run: async (paths, options) => {
      const [{ runCommand }, { composeRun }] = await Promise.all([
        import('./commands/run-command.js'),
        import('./compose-run.js'),
      ]);
      return await runCommand(paths, options, context, composeRun);
    },
    plan: async (file, options) => {
      const [{ plan }, { composeRun }] = await Promise.all([
        import('./commands/plan.js'),
        import('./compose-run.js'),
      ]);
      return await plan(file, options, context, composeRun);
    },
    validate: async (paths, options) =>
      await (await import('./commands/validate.js')).validate(paths, options, context),
    list: async (paths, options) => await (await import('./commands/list.js')).list(paths, options, context),
    rbac: async (paths, options) => await (await import('./commands/rbac.js')).rbac(paths, options, context),
    judge: async (run, options) => await (await import('./commands/judge.js')).judge(run, options, context),
    backtest: async (reports, options) =>
      await (await import('./commands/backtest.js')).backtest(reports, options, context),
    report: async (run, options) =>
      await (await import('./commands/report.js')).report(run, options, context),
    tape: async (run, options) => await (await import('./commands/tape.js')).tape(run, options, context),
    sweep: async (options) => await (await import('./commands/sweep.js')).sweep(options, context),
    doctor: async (options) => await (await import('./commands/doctor.js')).doctor(options, context),
    init: async (folder, options) =>
      await (await import('./commands/init.js')).init(folder, options, context),
    schema: async (kind) => (await import('./commands/schema.js')).schema(kind, context),
  };
}
