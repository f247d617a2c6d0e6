/**
 * Runs the measurements of a group one after another; ends with 1 where one of them missed a goal. `npm run bench` runs the quick
 * ones, `npm run bench -- measuring` those of RESULTS.md, `npm run bench -- judging` those of docs/statistics-measured.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Measurement = readonly [name: string, ...args: string[]];

const GROUPS: Readonly<Record<string, readonly Measurement[]>> = {
  quick: [
    ['exact-numbers'],
    ['percentile-error'],
    ['window-exactness'],
    ['open-schedule'],
    ['proxy-overhead'],
    ['judging-speed'],
    ['tape-merge'],
    ['cluster-plan'],
    ['memory'],
  ],
  measuring: [
    ['k6-streaming'],
    ['k6-ingest'],
    ['k6-memory'],
    ['memory', '--early', '120', '--late', '600', '--generator', 'k6'],
    ['percentile-error'],
    ['exact-numbers'],
    ['tape-merge'],
  ],
  judging: [
    ['judging-speed'],
    ['interval-coverage'],
    ['drift-alarms'],
    ['real-verdicts', '--same', '40', '--over', '20', '--stops', '5'],
  ],
};

const [group = 'quick'] = process.argv.slice(2);
const measurements = GROUPS[group];
if (measurements === undefined) {
  console.error(`no group "${group}": ${Object.keys(GROUPS).join(', ')}`);
  process.exit(64);
}

const failed: string[] = [];
for (const [name, ...args] of measurements) {
  console.log(`\n== ${name}`);
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  // Garbage is no memory in use.
  const child = spawn(process.execPath, ['--expose-gc', script, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nall goals are met' : `\nmissed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
