import { StorageError } from './storage-error.ts';

const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export function lockedError(file: string, cause?: unknown): StorageError {
  return new StorageError('locked', {
    file,
    rule: 'is in use by another process, and only one may have it open',
    remedy: 'stop the other one, or give this one a directory of its own (--data-dir)',
    cause,
  });
}

export function damagedError(file: string, what: string, cause?: unknown): StorageError {
  return new StorageError('damaged', {
    file,
    rule: `is damaged: ${what}`,
    remedy: 'restore it from a backup, or move the whole directory away to begin anew without the recorded state',
    cause,
  });
}

export function foreignError(file: string): StorageError {
  return new StorageError('foreign', {
    file,
    rule: 'was not written by fleetgraph',
    remedy: 'move it away, or name another directory (--data-dir)',
  });
}

export function newerError(file: string, found: number, known: number): StorageError {
  return new StorageError('newer', {
    file,
    rule: `has schema version ${found}, and this version of fleetgraph knows ${known} at most`,
    remedy: 'use the newer fleetgraph that wrote it, or name another directory (--data-dir)',
  });
}

/** What SQLite or the file system said, in our words. */
export function storageErrorOf(file: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  switch (primaryCode(error)) {
    case BUSY:
    case LOCKED:
      return lockedError(file, error);
    case CORRUPT:
    case NOT_A_DATABASE:
      return damagedError(file, message, error);
    default:
      return new StorageError('unusable', {
        file,
        rule: `cannot be read and written (${message})`,
        remedy: 'check the rights and the free space of its directory, or name another one (--data-dir)',
        cause: error,
      });
  }
}

/** SQLite's extended codes carry the primary one in their low byte. */
function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
