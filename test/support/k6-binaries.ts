/** The k6 binaries to test with: colon-separated in PLIMSOLL_TEST_K6. One `undefined` where there are none. */
export function k6Binaries(): readonly (string | undefined)[] {
  const named = (process.env.PLIMSOLL_TEST_K6 ?? '').split(':').filter((path) => path !== '');
  return named.length === 0 ? [undefined] : named;
}
