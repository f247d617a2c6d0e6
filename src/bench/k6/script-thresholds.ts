import type { ScriptThreshold } from '../script-threshold.js';

/** What `k6 inspect` prints of a script's thresholds, by metric; k6 has read them, and found nothing wrong. */
export type InspectedThresholds = Readonly<
  Record<string, readonly (string | { readonly threshold: string; readonly abortOnFail?: boolean | null })[]>
>;

export function readThresholds(
  inspected: InspectedThresholds | null | undefined,
): readonly ScriptThreshold[] {
  return Object.entries(inspected ?? {}).flatMap(([metric, thresholds]) =>
    thresholds.map((one) =>
      typeof one === 'string'
        ? { metric, expression: one, abortOnFail: false }
        : { metric, expression: one.threshold, abortOnFail: one.abortOnFail === true },
    ),
  );
}
