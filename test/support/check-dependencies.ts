import { posix } from 'node:path';
import ts from 'typescript';

/** Where something may be imported from, or used: paths below src/, a folder with its slash at the end. */
type Places = readonly string[];

/** A permission that is for `import type` alone. */
interface TypesOf {
  readonly typesOf: string;
}

export interface DependencyRule {
  /** By folder of src/ (`.` for the files directly in it): what its files may import besides their own folder. */
  readonly mayImport: Readonly<Record<string, readonly (string | TypesOf)[]>>;
  /** By package: its homes. A package that is not listed has none. */
  readonly packages: Readonly<Record<string, Places>>;
  /** By name (`Date.now`, `new Date()`, `console.*`, `randomUUID`): the places that may use it. */
  readonly effects: Readonly<Record<string, Places>>;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * Everything in the sources that breaks the rule, one sentence each.
 * @param sources by path below src/, with forward slashes.
 */
export function checkDependencies(
  sources: Readonly<Record<string, string>>,
  rule: DependencyRule,
): readonly string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
    const { imports, effects } = readFile(file);
    return [
      ...imports.flatMap((found) => checkImport(path, found, rule)),
      ...[...effects].flatMap((effect) => checkEffect(path, effect, rule)),
    ];
  });
}

function checkImport(path: string, found: Import, rule: DependencyRule): readonly string[] {
  const { specifier, typeOnly } = found;
  if (specifier.startsWith('node:')) return [];
  if (specifier.startsWith('.')) return checkRelative(path, found, rule);
  const name = packageName(specifier);
  const homes = rule.packages[name];
  if (homes === undefined) return [`${path} imports the package ${name}, which has no home in the rule`];
  if (isIn(path, homes)) return [];
  return [`${path} imports ${typeOnly ? 'types of ' : ''}${name}, whose home is ${homes.join(', ')}`];
}

function checkRelative(path: string, found: Import, rule: DependencyRule): readonly string[] {
  const target = posix.join(posix.dirname(path), found.specifier).replace(/\.js$/, '.ts');
  if (target.startsWith('..')) return [`${path} imports ${found.specifier}, which is outside src/`];
  const folder = folderOf(path);
  if (folderOf(target) === folder) return [];
  const allowed = rule.mayImport[folder];
  if (allowed === undefined) return [`${path} is in the folder ${folder}, which the rule does not know`];
  const permitted = allowed.some((place) =>
    typeof place === 'string' ? isIn(target, [place]) : found.typeOnly && isIn(target, [place.typesOf]),
  );
  if (permitted) return [];
  const asTypes = allowed.some((place) => typeof place !== 'string' && isIn(target, [place.typesOf]));
  return [`${path} imports ${target}: ${folder} may ${asTypes ? 'import only its types' : 'not'}`];
}

function checkEffect(path: string, effect: string, rule: DependencyRule): readonly string[] {
  // An effect may have any member's name, `constructor` too.
  const places = Object.hasOwn(rule.effects, effect) ? rule.effects[effect] : undefined;
  return places === undefined || isIn(path, places)
    ? []
    : [`${path} uses ${effect}, which only ${places.join(', ')} may`];
}

function readFile(file: ts.SourceFile): { imports: Import[]; effects: Set<string> } {
  const imports: Import[] = [];
  const effects = new Set<string>();
  const visit = (node: ts.Node): void => {
    const found = readImport(node);
    if (found) imports.push(found);
    for (const effect of readEffects(node)) effects.add(effect);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, effects };
}

function readImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: textOf(node.moduleSpecifier), typeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true };
  }
  if (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword &&
    node.arguments[0]
  ) {
    return { specifier: textOf(node.arguments[0]), typeOnly: false };
  }
  return undefined;
}

/** The names under which a node's effect may stand in the rule. */
function readEffects(node: ts.Node): readonly string[] {
  if (ts.isPropertyAccessExpression(node)) return memberNames(node.expression, node.name.text);
  if (ts.isElementAccessExpression(node))
    return memberNames(node.expression, textOf(node.argumentExpression));
  if (ts.isImportSpecifier(node)) return [(node.propertyName ?? node.name).text];
  const isBareDate =
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    node.expression.getText() === 'Date' &&
    (node.arguments ?? []).length === 0;
  if (isBareDate) return ['new Date()'];
  if (ts.isImportDeclaration(node)) return [textOf(node.moduleSpecifier)];
  return [];
}

function memberNames(object: ts.Expression, member: string): readonly string[] {
  const name = object.getText().replace(/^globalThis\./, '');
  return [`${name}.${member}`, `${name}.*`, member];
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
}

function isIn(path: string, places: Places): boolean {
  return places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}
