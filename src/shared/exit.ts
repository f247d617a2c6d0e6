/** Every code that Plimsoll exits with; docs/verdicts-and-exit-codes.md explains them. */
export const EXIT = {
  pass: 0,
  breach: 1,
  inconclusive: 2,
  usage: 64,
  notReady: 69,
  internal: 70,
  faultMayBeLive: 75,
  interrupted: 130,
  terminated: 143,
} as const;
