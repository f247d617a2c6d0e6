/** A command line that somebody could type, and what it does. */
export interface Example {
  readonly line: string;
  readonly what: string;
}

/** By command; shown below its --help and in docs/cli.md. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  run: [
    { line: 'plimsoll run experiments/order-submit-network-delay.yaml', what: 'one experiment' },
    { line: 'plimsoll run experiments/*.yaml', what: 'many, one after another, with an index page' },
    { line: 'plimsoll run experiments --selector suite=nightly', what: 'those of a folder with a label' },
    {
      line: 'plimsoll run suites/nightly.yaml --junit junit.xml',
      what: 'a suite, for the test view of a pipeline',
    },
    { line: 'plimsoll run delay.yaml --json | jq .verdict', what: 'the result document on stdout' },
  ],
  plan: [
    {
      line: 'plimsoll plan experiments/order-submit-pod-kill.yaml',
      what: 'what would be killed, and what could be judged',
    },
    { line: 'plimsoll plan delay.yaml --environment staging', what: 'the same in another environment' },
  ],
  validate: [
    { line: 'plimsoll validate experiments/*.yaml', what: 'some files' },
    {
      line: 'plimsoll validate plimsoll.yaml experiments',
      what: 'a config, and a folder with all that is below it',
    },
  ],
  list: [
    { line: 'plimsoll list', what: 'the experiments of the project' },
    { line: 'plimsoll list experiments --selector needs=cluster', what: 'those with a label' },
  ],
  rbac: [
    {
      line: 'plimsoll rbac experiments/chaos-mesh/pod-kill.yaml --environment staging | kubectl apply -f -',
      what: 'grant what this experiment needs',
    },
  ],
  judge: [
    {
      line: 'plimsoll judge 20261123-081502-k3f9 --sla experiments/stricter.yaml',
      what: 'what if the objectives had been these?',
    },
    {
      line: 'plimsoll judge reports/delay/20261123-081502-k3f9 --sla delay.yaml -o judged.json',
      what: 'keep the judged result',
    },
  ],
  backtest: [
    {
      line: 'plimsoll backtest --sla experiments/stricter.yaml reports',
      what: 'what would these objectives have said, and how often would neighbouring runs have differed?',
    },
    {
      line: 'plimsoll backtest --sla delay.yaml --experiment delay --json | jq .flips',
      what: 'the same of one experiment, for a program',
    },
  ],
  report: [
    { line: 'plimsoll report 20261123-081502-k3f9', what: 'report.html beside its result.json' },
    {
      line: 'plimsoll report reports/delay/20261123-081502-k3f9 --format md',
      what: 'a comment for a pull request',
    },
    { line: 'plimsoll report result.json --format junit -o junit.xml', what: 'a JUnit file' },
  ],
  tape: [
    {
      line: 'plimsoll tape 20261123-081502-k3f9',
      what: 'from when to when each phase went, and what it measured',
    },
    {
      line: 'plimsoll tape 20261123-081502-k3f9 --from 10s --to 20s',
      what: 'ten seconds, measured on their own',
    },
    {
      line: 'plimsoll tape 20261123-081502-k3f9 --parquet seconds.parquet',
      what: 'The seconds for DuckDB or pandas',
    },
    {
      line: "plimsoll tape reports/delay/20261123-081502-k3f9 --endpoint 'POST /orders' --csv > orders.csv",
      what: 'each second of an endpoint, for a spreadsheet or a notebook',
    },
  ],
  sweep: [{ line: 'plimsoll sweep', what: 'end what dead runs of this project left' }],
  doctor: [
    { line: 'plimsoll doctor', what: 'what is here, what is missing, and how to get it' },
    {
      line: 'plimsoll doctor --environment staging',
      what: 'all that could stop a run on a cluster, before there is an experiment; exit code 69 where something would',
    },
  ],
  init: [
    { line: 'plimsoll init', what: 'in this folder' },
    { line: 'plimsoll init my-service', what: 'in a new one' },
  ],
  schema: [{ line: 'plimsoll schema experiment > experiment.schema.json', what: 'for an editor' }],
};

/** Below the help of the program itself. */
export const EXIT_CODES_TEXT = `Exit codes:
  0 pass   1 breach   2 inconclusive   64 wrong usage or an invalid file   69 environment not ready
  70 internal error   75 a fault may still be live   130, 143 interrupted, after the fault was taken out
`;
