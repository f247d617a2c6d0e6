import { type RightsTable, VERBS } from '../chaos/chaos-mesh/examine/examine-rights.js';
import { painter } from './paint.js';

/** What an identity may do in a namespace: a row for each kind of object, a column for each verb that a run uses. */
export function renderRights(table: RightsTable, options: { readonly colour: boolean }): string {
  const paint = painter(options);
  const title = `rights in ${table.namespace}`;
  const width = Math.max(title.length, ...table.rows.map(({ resource }) => resource.length + 2));
  const head = `${title.padEnd(width)}  ${VERBS.map((verb) => verb).join('  ')}`;
  const rows = table.rows.map(({ resource, without, granted }) => {
    const cells = VERBS.map((verb) => {
      const room = ' '.repeat(verb.length - 1);
      const may = granted[verb];
      if (may === undefined) return ` ${room}`;
      if (may) return `${paint('green', '✔')}${room}`;
      return `${without === undefined ? paint('red', '✖') : paint('yellow', '–')}${room}`;
    });
    return `${`  ${resource}`.padEnd(width)}  ${cells.join('  ')}`.trimEnd();
  });
  return [paint('bold', head), ...rows, ''].join('\n');
}
