import type { RowTags } from './row-taker.js';

/** What the tags of a row say; those that k6 leaves out are undefined. */
export function readTags(tags: Readonly<Record<string, string>>): RowTags {
  return {
    name: tags.name ?? '',
    method: tags.method ?? '',
    status: Number(tags.status ?? 0),
    expected: tags.expected_response === undefined ? undefined : tags.expected_response === 'true',
    inLoad: tags.scenario !== undefined,
    all: tags,
  };
}
