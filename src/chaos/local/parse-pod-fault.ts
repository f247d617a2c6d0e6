import type { Finding } from '../../shared/finding.js';
import { didYouMean } from '../../shared/nearest-name.js';
import type { LocalFault } from './local-fault.js';
import type { FieldReader, Fields } from './proxy/field-reader.js';

const ACTIONS = ['pod-kill', 'pod-failure', 'container-kill'];
const SPEC_FIELDS = [
  ...['action', 'mode', 'value', 'selector', 'duration', 'scheduler', 'remoteCluster'],
  ...['gracePeriod', 'containerNames'],
];
/** As long as anybody would wait inside an injection. */
const MOST_GRACE_SECONDS = 600;

/** Reads the spec of a PodChaos, but for its selection. Undefined where the reader was told why. */
export function parsePodFault(
  reader: FieldReader,
  spec: Fields,
  warnings: Finding[],
): LocalFault | undefined {
  reader.onlyKnown(spec, 'spec', SPEC_FIELDS);
  const action = reader.text(spec, 'spec', 'action');
  const grace = reader.whole(spec, 'spec', 'gracePeriod', 0, MOST_GRACE_SECONDS) ?? 0;
  if (grace > 0 && action !== 'pod-kill') {
    reader.invalid('spec.gracePeriod', 'only pod-kill has a grace period', 'leave it out');
  }
  switch (action) {
    case 'pod-kill':
      return { type: 'kill', kill: { action, graceMs: grace * 1000 } };
    case 'container-kill':
      readContainers(reader, spec, warnings);
      return { type: 'kill', kill: { action, graceMs: 0 } };
    case 'pod-failure':
      return { type: 'pod-failure' };
    case undefined:
      reader.invalid('spec.action', 'missing', `write one of ${ACTIONS.join(', ')}`);
      return undefined;
    default:
      reader.invalid(
        'spec.action',
        `unknown action "${action}"${didYouMean(action, ACTIONS)}`,
        `write one of ${ACTIONS.join(', ')}`,
      );
      return undefined;
  }
}

function readContainers(reader: FieldReader, spec: Fields, warnings: Finding[]): void {
  const names = spec.containerNames;
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    reader.invalid(
      'spec.containerNames',
      'Chaos Mesh needs the containers to kill',
      'write containerNames: ["app"]',
    );
    return;
  }
  warnings.push({
    severity: 'warning',
    code: 'containers-taken-as-one',
    message: `spec.containerNames (${names.join(', ')}) means the main process of a replica in the local environment`,
    remedy: '',
  });
}
