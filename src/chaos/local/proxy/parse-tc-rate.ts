/** Bytes per second of one unit. As in tc, `mbps` is a megabyte per second and `mbit` an eighth of it, by thousands. */
const BYTES_PER_SECOND: Readonly<Record<string, number>> = {
  bps: 1,
  kbps: 1e3,
  mbps: 1e6,
  gbps: 1e9,
  tbps: 1e12,
  bit: 1 / 8,
  kbit: 1e3 / 8,
  mbit: 1e6 / 8,
  gbit: 1e9 / 8,
  tbit: 1e12 / 8,
};

/** `1mbps`, `500kbit`, as Chaos Mesh hands them to tc. Returns bytes per second; undefined where it is no such rate. */
export function parseTcRate(text: string): number | undefined {
  const match = /^(\d+)\s*([a-z]+)$/.exec(text.trim().toLowerCase());
  const unit = BYTES_PER_SECOND[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
