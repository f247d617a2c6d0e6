import { createHash } from 'node:crypto';
import type { Outcome } from '../shared/outcome.js';
import { loadAsset } from './load-template.js';

/** What stands around the content of a page. */
export interface PageFrame {
  readonly title: string;
  readonly style: string;
  readonly script: string;
  /** The page may run its own script and fetch nothing, whatever strings it shows. */
  readonly policy: string;
  readonly icon: string;
  readonly generatedBy: string;
}

const ICON_COLOURS: Readonly<Record<Outcome, string>> = {
  pass: '#15803d',
  inconclusive: '#a16207',
  breach: '#b42318',
};

export function framePage(options: {
  readonly title: string;
  readonly script: string;
  readonly outcome: Outcome;
  readonly version: string;
}): PageFrame {
  const script = loadAsset(options.script);
  const hash = createHash('sha256').update(script).digest('base64');
  return {
    title: options.title,
    style: loadAsset('report.css'),
    script,
    policy: `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`,
    icon: `data:image/svg+xml,${encodeURIComponent(iconOf(ICON_COLOURS[options.outcome]))}`,
    generatedBy: `Plimsoll ${options.version}`,
  };
}

function iconOf(colour: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="${colour}" stroke-width="4"><circle cx="16" cy="16" r="10"/><path d="M1 16h30"/></svg>`;
}
