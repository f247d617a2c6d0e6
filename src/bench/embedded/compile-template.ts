/** What the tokens of one request stand for. */
export interface TokenValues {
  /** Counts the requests of a load from 1. */
  readonly seq: number;
  readonly uuid: string;
}

/** A text whose tokens are filled in for each request. */
export type Template =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'per-request'; fill(values: TokenValues): string };

const TOKEN = /\{\{\s*(seq|uuid)\s*\}\}/;

/** Finds `{{seq}}` and `{{uuid}}` once, so that filling them in is a join. Other text in braces stays as it is. */
export function compileTemplate(text: string): Template {
  // Splitting at a captured group leaves the text at even indices and the token names at odd ones.
  const parts = text.split(new RegExp(TOKEN, 'g'));
  if (parts.length === 1) return { kind: 'fixed', text };
  return {
    kind: 'per-request',
    fill: (values) => {
      let filled = '';
      parts.forEach((part, index) => {
        filled += index % 2 === 0 ? part : part === 'seq' ? String(values.seq) : values.uuid;
      });
      return filled;
    },
  };
}

export function fillTemplate(template: Template, values: TokenValues): string {
  return template.kind === 'fixed' ? template.text : template.fill(values);
}
