import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildHttpScript } from './build-http-script.js';
import { buildWrapper } from './build-wrapper.js';
import { READS_NOTHING, tagKeysOf } from '../load-reads.js';
import { buildInstrument } from './instrument-requests.js';
import type { K6Load } from './k6-load.js';

export const INSTRUMENT_FILE = 'k6-instrument.js';
export const WRAPPER_FILE = 'k6-wrapper.js';
const HTTP_FILE = 'k6-http-load.js';

export interface ModuleOptions {
  /** They wait for the moment in which all runners begin. */
  readonly startTogether?: boolean;
  /** They are for a k6 with Plimsoll's extension. */
  readonly isExtended?: boolean;
}

/** Writes the modules that k6 runs into a private folder, and returns the path of the one to start with. */
export async function writeModules(
  load: K6Load,
  folder: string,
  { startTogether = false, isExtended = false }: ModuleOptions = {},
): Promise<string> {
  const instrument = join(folder, INSTRUMENT_FILE);
  const httpScript = join(folder, HTTP_FILE);
  const wrapper = join(folder, WRAPPER_FILE);
  const { profile, maxDurationMs } = load;
  await writeFile(instrument, buildInstrument(tagKeysOf(load.reads ?? READS_NOTHING), isExtended));
  if (load.kind === 'http') await writeFile(httpScript, buildHttpScript(load));
  await writeFile(
    wrapper,
    buildWrapper({
      instrumentUrl: pathToFileURL(instrument).href,
      scriptUrl: pathToFileURL(load.kind === 'http' ? httpScript : load.script).href,
      ...(profile === undefined ? {} : { profile }),
      maxDurationMs,
      startTogether,
    }),
  );
  return wrapper;
}
