// Stores a result, and writes what came of it. Arguments: folder of the run, spare folder.
import { storeResult } from '../../../src/experiments/store-result.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import { aResult } from '../a-result.js';

const [folder = '', spareFolder = ''] = process.argv.slice(2);
try {
  process.stdout.write(`stored ${await storeResult(folder, aResult(), spareFolder)}\n`);
} catch (error) {
  if (!(error instanceof PlimsollError)) throw error;
  process.stdout.write(`${error.code} ${error.message}\n${error.remedy}\n`);
}
