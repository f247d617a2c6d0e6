/** Runs the quick measurements one after another; ends with 1 where one of them missed a goal. `npm run bench`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPTS = [
  'exact-numbers',
  'percentile-error',
  'window-exactness',
  'open-schedule',
  'proxy-overhead',
  'judging-speed',
  'tape-merge',
  'cluster-plan',
  'memory',
] as const;

const failed: string[] = [];
for (const name of SCRIPTS) {
  console.log(`\n== ${name}`);
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nall goals are met' : `\nmissed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
