import { messageOf, PlimsollError } from '../shared/errors.js';

/** The system's word for an error: ENOENT, EACCES; undefined where it is none of the system's. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** That something could not be written: `the journal /srv/.plimsoll/runs/x.jsonl cannot be written: the disk is full`. */
export function cannotWrite(what: string, path: string, error: unknown): PlimsollError {
  const { reason, remedy } = explain(path, error);
  return new PlimsollError('NOT_READY', `${what} ${path} cannot be written: ${reason}`, {
    remedy,
    cause: error,
  });
}

function explain(path: string, error: unknown): { readonly reason: string; readonly remedy: string } {
  switch (systemCode(error) ?? '') {
    case 'ENOSPC':
      return { reason: 'the disk is full', remedy: 'free some space there, and run again' };
    case 'EDQUOT':
      return { reason: 'the disk quota is used up', remedy: 'free some space there, and run again' };
    case 'EFBIG':
      return {
        reason: 'it would be larger than allowed',
        remedy: 'raise the limit (ulimit -f), and run again',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: 'permission denied',
        remedy: `make it writable for this user, or choose another folder (look with: ls -ld '${path}')`,
      };
    case 'EROFS':
      return { reason: 'the file system is read-only', remedy: 'choose a folder on another one' };
    case 'ENOTDIR':
    case 'EEXIST':
      return {
        reason: 'something else stands in its place',
        remedy: 'move away what is there, or choose another folder',
      };
    case 'EMFILE':
    case 'ENFILE':
      return { reason: 'too many files are open', remedy: 'raise the limit (ulimit -n), and run again' };
    default:
      return { reason: messageOf(error), remedy: 'make the folder writable, or choose another one' };
  }
}
