/** An element of a parsed XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, entities resolved. */
  readonly text: string;
}

const NAME = '[A-Za-z_][\\w.-]*';
const TOKEN = new RegExp(
  `<\\?xml [^?]*\\?>|</(${NAME})\\s*>|<(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|([^<]+)`,
  'y',
);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  apos: "'",
};

/** Reads XML without doctype, comments and CDATA. Throws where it is not well-formed. */
export function parseXml(xml: string): XmlElement {
  // eslint-disable-next-line no-control-regex -- what XML 1.0 forbids
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(xml);
  if (forbidden) throw new Error(`a character that XML forbids, at ${forbidden.index}`);
  encodeURIComponent(xml); // throws at a lone surrogate
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack: Open[] = [root];
  let at = 0;
  while (at < xml.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(xml);
    if (!token) throw new Error(`no markup at ${at}: ${xml.slice(at, at + 60)}`);
    at = TOKEN.lastIndex;
    const [, closed, opened, attributes, isEmpty, text] = token;
    const open = stack.at(-1)!;
    if (text !== undefined) open.text += resolve(text);
    if (closed !== undefined && stack.pop()?.name !== closed)
      throw new Error(`</${closed}> closes <${open.name}>`);
    if (opened === undefined) continue;
    const element: Open = {
      name: opened,
      attributes: readAttributes(attributes ?? ''),
      children: [],
      text: '',
    };
    open.children.push(element);
    if (isEmpty === '') stack.push(element);
  }
  const [only, ...others] = root.children;
  if (stack.length > 1) throw new Error(`<${stack.at(-1)!.name}> is not closed`);
  if (!only || others.length > 0 || root.text.trim() !== '') throw new Error('not one root element');
  return only;
}

/** All elements of this name, at any depth. */
export function findAll(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...findAll(child, name),
  ]);
}

interface Open extends XmlElement {
  readonly children: Open[];
  text: string;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`attribute ${name} twice`);
    attributes[name] = resolve(value);
  }
  return attributes;
}

function resolve(text: string): string {
  return text.replaceAll(/&([^;]*;?)/g, (whole, name: string) => {
    const character = name.endsWith(';') ? ENTITIES[name.slice(0, -1)] : undefined;
    if (character === undefined) throw new Error(`no entity: ${whole}`);
    return character;
  });
}
