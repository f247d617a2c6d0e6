import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../shared/package-root.js';

const folder = join(packageRoot, 'templates');

/**
 * A template of the templates folder, compiled. Templates show strings and decide nothing, and a name that the view
 * does not have is an error, not an empty place. Files in templates/partials are partials under their own name.
 */
export function loadTemplate(name: string): (view: object) => string {
  const handlebars = Handlebars.create();
  for (const file of readdirSync(join(folder, 'partials'))) {
    const text = readFileSync(join(folder, 'partials', file), 'utf8');
    if (file.endsWith('.hbs')) handlebars.registerPartial(file.slice(0, -'.hbs'.length), text);
  }
  return handlebars.compile<object>(readFileSync(join(folder, `${name}.hbs`), 'utf8'), { strict: true });
}

/** A stylesheet or script of the templates folder, to be put into a page as it is. */
export function loadAsset(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
