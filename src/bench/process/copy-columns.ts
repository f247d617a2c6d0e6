/** Takes what the columns hold over into larger ones of the same names. */
export function copyColumns<Name extends string>(
  from: Readonly<Record<Name, Float64Array | Uint16Array | Uint8Array>>,
  to: Readonly<Record<Name, Float64Array | Uint16Array | Uint8Array>>,
): void {
  for (const name in from) to[name].set(from[name]);
}
