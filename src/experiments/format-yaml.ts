import { stringify } from 'yaml';

/** Objects as a stream of YAML documents, as kubectl takes them. */
export function formatYaml(documents: readonly object[]): string {
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}
