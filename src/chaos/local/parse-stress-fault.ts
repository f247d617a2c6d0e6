import { parsePercentage, parseSize, UnitError } from '../../shared/units.js';
import type { LocalFault, StressPlan } from './local-fault.js';
import type { FieldReader, Fields } from './proxy/field-reader.js';

const SPEC_FIELDS = [
  ...['mode', 'value', 'selector', 'duration', 'scheduler', 'remoteCluster', 'containerNames'],
  ...['stressors', 'stressngStressors'],
];
/** Chaos Mesh takes no more either. */
const MOST_WORKERS = 8192;

/**
 * Reads the spec of a StressChaos, but for its selection. Undefined where the reader was told why.
 *
 * @param totalMemory bytes of this machine, of which a size in percent is a share
 */
export function parseStressFault(
  reader: FieldReader,
  spec: Fields,
  totalMemory: number,
): LocalFault | undefined {
  reader.onlyKnown(spec, 'spec', SPEC_FIELDS);
  const own = 'its limits could not be kept with options of stress-ng that are not read here';
  if (spec.stressngStressors !== undefined) reader.needsCluster('spec.stressngStressors', own);
  const stressors = reader.object(spec, 'spec', 'stressors') ?? {};
  reader.onlyKnown(stressors, 'spec.stressors', ['cpu', 'memory']);
  const cpu = readCpu(reader, stressors);
  const memory = readMemory(reader, stressors, totalMemory);
  if (stressors.cpu === undefined && stressors.memory === undefined) {
    reader.invalid('spec.stressors', 'no stressor', 'write stressors: {cpu: {workers: 1, load: 50}}');
  }
  for (const name of ['cpu', 'memory']) {
    const options = reader.object(stressors, 'spec.stressors', name)?.options;
    if (Array.isArray(options) && options.length > 0)
      reader.needsCluster(`spec.stressors.${name}.options`, own);
  }
  return cpu === undefined && memory === undefined
    ? undefined
    : { type: 'stress', stress: { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) } };
}

function readCpu(reader: FieldReader, stressors: Fields): StressPlan['cpu'] {
  const at = 'spec.stressors.cpu';
  const cpu = reader.object(stressors, 'spec.stressors', 'cpu');
  if (cpu === undefined) return undefined;
  reader.onlyKnown(cpu, at, ['workers', 'load', 'options']);
  const workers = readWorkers(reader, cpu, at);
  const loadPercent = reader.whole(cpu, at, 'load', 0, 100) ?? 100;
  if (loadPercent === 0) reader.invalid(`${at}.load`, '0 is no load at all', 'write 1 to 100');
  return workers === undefined ? undefined : { workers, loadPercent };
}

function readMemory(reader: FieldReader, stressors: Fields, totalMemory: number): StressPlan['memory'] {
  const at = 'spec.stressors.memory';
  const memory = reader.object(stressors, 'spec.stressors', 'memory');
  if (memory === undefined) return undefined;
  reader.onlyKnown(memory, at, ['workers', 'size', 'options', 'oomScoreAdj']);
  if (memory.oomScoreAdj !== undefined && memory.oomScoreAdj !== 0) {
    reader.needsCluster(
      `${at}.oomScoreAdj`,
      'the order in which this machine runs out of memory is not touched',
    );
  }
  const workers = readWorkers(reader, memory, at);
  const size = reader.text(memory, at, 'size');
  if (size === undefined) {
    if (memory.size === undefined) {
      reader.invalid(`${at}.size`, 'missing: Chaos Mesh would take all there is', 'write size: 256MB');
    }
    return undefined;
  }
  const bytes = readBytes(reader, `${at}.size`, size, totalMemory);
  return workers === undefined || bytes === undefined ? undefined : { workers, bytes };
}

function readWorkers(reader: FieldReader, stressor: Fields, at: string): number | undefined {
  if (stressor.workers === undefined) reader.invalid(`${at}.workers`, 'missing', 'write workers: 1');
  return reader.whole(stressor, at, 'workers', 1, MOST_WORKERS);
}

function readBytes(reader: FieldReader, path: string, size: string, totalMemory: number): number | undefined {
  try {
    return Math.floor(size.trim().endsWith('%') ? parsePercentage(size) * totalMemory : parseSize(size));
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    reader.invalid(path, `cannot read "${size}": ${error.message}`);
    return undefined;
  }
}
