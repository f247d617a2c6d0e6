import { availableParallelism, totalmem } from 'node:os';
import { findGo, GO_REMEDY } from '../bench/go-bench/go-toolchain.js';
import { describeVersion, findK6 } from '../bench/k6/find-k6.js';
import type { Check } from '../shared/check.js';
import { findProgram } from '../shared/find-program.js';
import type { CliContext } from './cli-context.js';
import { k6Surroundings } from './create-generator.js';

const OLDEST_NODE = [20, 19] as const;
const GIB = 1024 ** 3;

/** What the machine has, apart from any project. */
export async function checkMachine(
  context: Pick<CliContext, 'env' | 'cwd' | 'interrupt'>,
): Promise<readonly Check[]> {
  return [
    checkNode(process.versions.node),
    checkPlatform(process.platform),
    {
      name: 'machine',
      status: 'ok',
      detail: `${availableParallelism()} cores, ${(totalmem() / GIB).toFixed(1)} GiB of memory`,
      remedy: '',
    },
    await checkK6(context),
    await checkGo(context),
    await checkStress(context),
  ];
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isNew = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNew
    ? { name: 'node', status: 'ok', detail: version, remedy: '' }
    : {
        name: 'node',
        status: 'problem',
        detail: `${version} is too old`,
        remedy: `install Node ${OLDEST_NODE.join('.')} or newer`,
      };
}

export function checkPlatform(platform: NodeJS.Platform): Check {
  return platform === 'linux' || platform === 'darwin'
    ? { name: 'platform', status: 'ok', detail: `${platform} ${process.arch}`, remedy: '' }
    : {
        name: 'platform',
        status: 'problem',
        detail: `${platform} is not supported`,
        remedy: 'use Linux or macOS; on Windows, WSL',
      };
}

async function checkK6({ env, interrupt }: Pick<CliContext, 'env' | 'interrupt'>): Promise<Check> {
  const found = await findK6(k6Surroundings(env), interrupt);
  return 'missing' in found
    ? {
        name: 'k6',
        status: 'missing',
        detail: `${found.missing}; load.http runs on the embedded generator, load.k6 cannot run`,
        remedy: found.remedy,
      }
    : {
        name: 'k6',
        status: 'ok',
        detail: `${describeVersion(found)}, ${found.path} (by ${found.foundIn})`,
        remedy: '',
      };
}

async function checkGo({
  env,
  cwd,
  interrupt,
}: Pick<CliContext, 'env' | 'cwd' | 'interrupt'>): Promise<Check> {
  const found = await findGo({ searchPath: env.PATH ?? '', cwd }, interrupt);
  return found.status === 'found'
    ? { name: 'go', status: 'ok', detail: `${found.version}, ${found.path}`, remedy: '' }
    : {
        name: 'go',
        status: 'missing',
        detail: `${found.reason}; load.goBench cannot run`,
        remedy: GO_REMEDY,
      };
}

async function checkStress({ env, cwd }: Pick<CliContext, 'env' | 'cwd'>): Promise<Check> {
  const found = await findProgram('stress-ng', cwd, env.PATH ?? '');
  return found.status === 'found'
    ? { name: 'stress-ng', status: 'ok', detail: found.path, remedy: '' }
    : {
        name: 'stress-ng',
        status: 'missing',
        detail: 'not found on PATH; StressChaos uses workers of Plimsoll’s own',
        remedy: 'install it by the means of this system (apt-get install stress-ng, brew install stress-ng)',
      };
}
