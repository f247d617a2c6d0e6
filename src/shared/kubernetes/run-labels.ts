/** Every object that Plimsoll creates on a cluster carries these: by them a sweep finds what a dead run left. */
export const RUN_LABEL = 'plimsoll.dev/run';
export const MANAGER_LABEL = 'app.kubernetes.io/managed-by';
