import { warnAboutManifest } from './check-manifest.js';
import type { ExperimentDocument } from './experiment-schema.js';
import type { FileProblem, Loaded } from './file-problem.js';
import { locateIssue } from './locate-issue.js';
import { parseYaml } from './read-yaml.js';

/** What is odd about a valid experiment: kinds of faults that only the cluster knows, each at its place in the file. */
export function warnAboutKinds({
  document,
  source,
  path,
}: Extract<Loaded<ExperimentDocument>, { ok: true }>): readonly FileProblem[] {
  const warnings = document.faults.flatMap(({ manifest, manifestFile }, index) =>
    warnAboutManifest(manifest, ['faults', index, 'manifest']).map((issue) =>
      manifestFile === undefined ? issue : { ...issue, path: ['faults', index, 'manifestFile'] },
    ),
  );
  if (warnings.length === 0) return [];
  const read = parseYaml(path, source);
  return read.ok ? warnings.map((warning) => locateIssue(read.yaml, warning)) : [];
}
