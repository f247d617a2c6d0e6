import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { DocumentIssue } from './document-issue.js';
import type { FileProblem } from './file-problem.js';
import { problemInText, type YamlText } from './read-yaml.js';

type Range = readonly [number, number];

/** Finds the place of an issue in the text: the key or the value it names, or the nearest thing above it. */
export function locateIssue(yaml: YamlText, issue: DocumentIssue): FileProblem {
  const found = walk(yaml, issue);
  return problemInText(yaml, rangeOf(yaml, found, issue), issue.message);
}

interface Found {
  /** The pair that holds the value, where a map does. */
  readonly pair: Pair | undefined;
  readonly node: Node | undefined;
  /** Whether all of the path is there. */
  readonly complete: boolean;
}

function walk(yaml: YamlText, issue: DocumentIssue): Found {
  let found: Found = { pair: undefined, node: yaml.document.contents ?? undefined, complete: true };
  for (const step of issue.path) {
    const node = isAlias(found.node) ? found.node.resolve(yaml.document) : found.node;
    const next = isMap(node)
      ? node.items.find((pair) => keyText(pair) === String(step))
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (next === undefined) return { ...found, complete: false };
    found = isMap(node)
      ? { pair: next as Pair, node: ((next as Pair).value ?? undefined) as Node | undefined, complete: true }
      : { pair: undefined, node: next as Node, complete: true };
  }
  return found;
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function rangeOf(yaml: YamlText, { pair, node, complete }: Found, issue: DocumentIssue): Range {
  const key = pair === undefined ? undefined : nodeRange(pair.key);
  if (key !== undefined && (issue.at === 'key' || !complete)) return key;
  // At the root a missing field is shown at the document's kind, its most telling line.
  if (pair === undefined && isMap(node) && issue.path.length <= 1 && node === yaml.document.contents) {
    const kind = node.items.find((item) => keyText(item) === 'kind') ?? node.items[0];
    return nodeRange(kind?.key) ?? [0, 0];
  }
  if (isCollection(node) && node.flow !== true) return key ?? firstKey(node) ?? [0, 0];
  const value = nodeRange(node);
  if (value === undefined || value[0] === value[1]) return key ?? value ?? [0, 0];
  return issue.span === undefined || !isScalar(node)
    ? value
    : spanIn(yaml, value, issue.span, String(node.value));
}

function firstKey(node: Node): Range | undefined {
  if (isMap(node)) return nodeRange(node.items[0]?.key);
  return nodeRange(node);
}

function nodeRange(node: unknown): Range | undefined {
  const range = (node as Node | undefined)?.range;
  return range ? [range[0], range[1]] : undefined;
}

/** A span of a scalar's value as a range of the file: quotes and escapes make the two differ. */
function spanIn(
  yaml: YamlText,
  range: Range,
  span: { offset: number; length: number },
  value: string,
): Range {
  const raw = yaml.text.slice(...range);
  const quote = raw.startsWith('"') || raw.startsWith("'") ? raw.charAt(0) : '';
  const inner = raw.slice(quote.length, raw.length - quote.length);
  const piece = quote === '"' ? /\\.|[^]/y : quote === "'" ? /''|[^]/y : /[^]/y;
  const starts: number[] = [];
  for (let at = 0; at < inner.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    piece.exec(inner);
    starts.push(at);
  }
  // A folded or block text, or an escape of several letters: no place inside it can be told for sure.
  if (starts.length !== value.length) return range;
  const start = range[0] + quote.length;
  const from = start + (starts[span.offset] ?? inner.length);
  const to = start + (starts[span.offset + span.length] ?? inner.length);
  return [Math.min(from, range[1] - 1), Math.max(to, from + 1)];
}
