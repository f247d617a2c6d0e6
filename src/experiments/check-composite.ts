import { type DocumentIssue, type DocumentPath, isFields } from './document-issue.js';

type Spec = Readonly<Record<string, unknown>>;
type CheckSpec = (kind: string, spec: Spec) => readonly DocumentIssue[];

const FIELD_OF_TYPE: Readonly<Record<string, string>> = {
  AWSChaos: 'awsChaos',
  AzureChaos: 'azureChaos',
  BlockChaos: 'blockChaos',
  DNSChaos: 'dnsChaos',
  GCPChaos: 'gcpChaos',
  HTTPChaos: 'httpChaos',
  IOChaos: 'ioChaos',
  JVMChaos: 'jvmChaos',
  KernelChaos: 'kernelChaos',
  NetworkChaos: 'networkChaos',
  PhysicalMachineChaos: 'physicalmachineChaos',
  PodChaos: 'podChaos',
  StressChaos: 'stressChaos',
  TimeChaos: 'timeChaos',
};

/**
 * What is wrong with the faults inside a Schedule or a Workflow. Chaos Mesh takes a Workflow inside a Schedule and a
 * Schedule inside a Workflow, too, but gives the faults of the inner one no label of the outer one: nobody could tell
 * that they are in, nor that they are gone.
 */
export function checkComposite(kind: string, spec: Spec, checkSpec: CheckSpec): readonly DocumentIssue[] {
  if (kind === 'Schedule') return checkMember('Schedule', spec, 'type', [], checkSpec);
  if (kind !== 'Workflow' || !Array.isArray(spec.templates)) return [];
  return (spec.templates as readonly unknown[]).flatMap((template, index) =>
    isFields(template)
      ? checkMember('Workflow', template, 'templateType', ['templates', index], checkSpec)
      : [],
  );
}

/** `type: NetworkChaos` wants its spec in `networkChaos`, and that spec has rules of its own. */
function checkMember(
  outer: 'Schedule' | 'Workflow',
  holder: Spec,
  typeField: string,
  base: DocumentPath,
  checkSpec: CheckSpec,
): readonly DocumentIssue[] {
  const type = holder[typeField];
  const wrong = (message: string): readonly DocumentIssue[] => [
    { path: [...base, typeField], at: 'value', message },
  ];
  if (type === 'Workflow' || type === 'Schedule') {
    return wrong(
      `a ${type} inside a ${outer} makes faults that cannot be followed, and so not proven to be gone; make it a fault of the experiment by itself`,
    );
  }
  const field = typeof type === 'string' ? FIELD_OF_TYPE[type] : undefined;
  if (typeof type !== 'string' || field === undefined) return [];
  const inner = holder[field];
  if (inner === undefined) return wrong(`${typeField} "${type}" needs its spec in "${field}"`);
  if (!isFields(inner)) return [];
  return checkSpec(type, inner).map((issue) => ({ ...issue, path: [...base, field, ...issue.path] }));
}
