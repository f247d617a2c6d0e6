import { totalmem } from 'node:os';
import type { Finding } from '../../shared/finding.js';
import { didYouMean } from '../../shared/nearest-name.js';
import type { ChaosManifest } from '../manifest.js';
import { nativeKindOf } from '../native-kinds.js';
import type { LocalFault, ReadFault } from './local-fault.js';
import { parsePodFault } from './parse-pod-fault.js';
import { parseSelection } from './parse-selection.js';
import { parseStressFault } from './parse-stress-fault.js';
import { createFieldReader, type FieldReader } from './proxy/field-reader.js';
import { parseHttpRule } from './proxy/parse-http-rule.js';
import { parseNetworkRule } from './proxy/parse-network-rule.js';
import type { ParsedFault } from './proxy/parsed-fault.js';

const API_VERSION = 'chaos-mesh.org/v1alpha1';
const KINDS = ['NetworkChaos', 'HTTPChaos', 'PodChaos', 'StressChaos'];

/** What Chaos Mesh knows beside those, each with what this machine lacks for it. */
const BEYOND: Readonly<Record<string, string>> = {
  IOChaos: 'it puts a layer into the file system of a container, and a local replica has none of its own',
  KernelChaos: 'it makes calls inside the kernel fail, for everything on this machine',
  TimeChaos: 'it moves the clock inside a container, and a local process has that of this machine',
  DNSChaos: 'it answers for the name server of a cluster',
  JVMChaos: 'it needs an agent inside the Java machine of a container',
  BlockChaos: 'it slows a block device of a node, which everything on this machine would share',
  AWSChaos: 'it acts on machines of a cloud',
  AzureChaos: 'it acts on machines of a cloud',
  GCPChaos: 'it acts on machines of a cloud',
  PhysicalMachineChaos: 'it needs the daemon of Chaos Mesh on the machine',
  PodEviction: 'it needs a cluster: nothing here evicts pods, nor has budgets that could refuse it',
  NodeDrain: 'it needs a cluster: this machine is no node from which pods could go to another',
  Schedule:
    'the experiment itself says when a fault comes again: write every: beside the manifest of the fault',
  Workflow: 'the experiment itself orders its faults: list them with at: and for:',
};

/** Reads a chaos object as something that this machine can do; else tells every reason, not only the first. */
export function readLocalFault(manifest: ChaosManifest): ReadFault {
  const reader = createFieldReader();
  const warnings: Finding[] = [];
  if (manifest.apiVersion !== API_VERSION && nativeKindOf(manifest) === undefined) {
    reader.invalid('apiVersion', `cannot read "${manifest.apiVersion}"`, `write ${API_VERSION}`);
  }
  const reason = BEYOND[manifest.kind];
  if (reason !== undefined) {
    reader.needsCluster(`kind ${manifest.kind}`, reason);
    return { status: 'refused', refusals: reader.refusals };
  }
  if (!KINDS.includes(manifest.kind)) {
    const known = [...KINDS, ...Object.keys(BEYOND)];
    reader.invalid(
      'kind',
      `unknown kind "${manifest.kind}"${didYouMean(manifest.kind, known)}`,
      `write one of ${KINDS.join(', ')}`,
    );
    return { status: 'refused', refusals: reader.refusals };
  }
  const choice = parseSelection(reader, manifest.spec, warnings);
  const { fault, refusals } = readKind(reader, manifest, warnings);
  const all = [...reader.refusals, ...refusals];
  if (fault === undefined || choice === undefined || all.length > 0)
    return { status: 'refused', refusals: all };
  return { status: 'readable', fault, choice, warnings };
}

interface ReadKind {
  readonly fault?: LocalFault | undefined;
  /** Those that the reader does not have. */
  readonly refusals: readonly Finding[];
}

function readKind(reader: FieldReader, { kind, spec }: ChaosManifest, warnings: Finding[]): ReadKind {
  switch (kind) {
    case 'NetworkChaos':
      return readProxyFault(parseNetworkRule(spec), warnings);
    case 'HTTPChaos':
      return readProxyFault(parseHttpRule(spec), warnings);
    case 'PodChaos':
      return { fault: parsePodFault(reader, spec, warnings), refusals: [] };
    default:
      return { fault: parseStressFault(reader, spec, totalmem()), refusals: [] };
  }
}

function readProxyFault(parsed: ParsedFault, warnings: Finding[]): ReadKind {
  if (parsed.status === 'refused') return { refusals: parsed.refusals };
  warnings.push(...parsed.warnings);
  return { fault: { type: 'proxy', fault: parsed.fault }, refusals: [] };
}
