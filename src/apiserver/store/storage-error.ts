/**
 * - `locked`: another process has the file open
 * - `foreign`: not a file of ours
 * - `newer`: written by a version that knows more than this one
 * - `damaged`: ours, but torn, altered or incomplete
 * - `unusable`: the machine refuses: rights, space, a failing disk
 */
export type StorageErrorCode = 'locked' | 'foreign' | 'newer' | 'damaged' | 'unusable';

export interface StorageErrorDetail {
  readonly file: string;
  /** Which rule does not hold. */
  readonly rule: string;
  /** What a person can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** A storage that cannot be opened. The message names the file, the rule and the way out, on one line. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly file: string;
  readonly remedy: string;

  constructor(code: StorageErrorCode, { file, rule, remedy, cause }: StorageErrorDetail) {
    super(`${file}: ${rule}; ${remedy}`, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.code = code;
    this.file = file;
    this.remedy = remedy;
  }
}
