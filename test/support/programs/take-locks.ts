// Takes the lock of an environment again and again, in turn with others of its kind, and checks that it is alone. Leaves it held
// now and then, by ending: then it exits with 9. Arguments: state folder, rounds, how often of a hundred it dies, seed.
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockEnvironment } from '../../../src/experiments/lock-environment.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import { processStartToken } from '../../../src/shared/process-identity.js';
import { seededRandom } from '../../../src/shared/seeded-random.js';

const [stateFolder = '', rounds = '', deathsPerCent = '', seed = ''] = process.argv.slice(2);
const random = seededRandom(seed);
const owner = {
  runId: `run-${seed}`,
  pid: process.pid,
  startToken: (await processStartToken(process.pid)) ?? '',
};
const insidePath = join(stateFolder, 'inside');

for (let taken = 0; taken < Number(rounds);) {
  const lock = await tryLock();
  if (lock === undefined) {
    await sleep(random() * 3);
    continue;
  }
  taken++;
  // Only one may be in here: the file must not exist. A dead one takes it away before its end.
  const inside = await open(insidePath, 'wx');
  await sleep(random() * 2);
  await inside.close();
  await rm(insidePath);
  if (random() * 100 < Number(deathsPerCent)) process.exit(9);
  await lock.release();
}

async function tryLock() {
  try {
    return await lockEnvironment(stateFolder, 'local', owner);
  } catch (error) {
    if (error instanceof PlimsollError && error.message.includes('is in use by run')) return undefined;
    throw error;
  }
}
