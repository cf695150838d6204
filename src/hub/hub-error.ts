/**
 * - `conflict`: somebody else wrote meanwhile: read again, decide again
 * - `superseded`: a newer leader has written: stop, do nothing more
 * - `exists`: there is an object of that name
 * - `absent`: there is none (any more)
 * - `too-large`: what is to be kept does not fit one object
 * - `unreadable`: the object is not what we write
 * - `not-allowed`: rights on the hub are missing; the message says which
 * - `not-installed`: the kinds are not served
 */
export type HubErrorCode = 'conflict' | 'superseded' | 'exists' | 'absent' | 'too-large' | 'unreadable' | 'not-allowed' | 'not-installed';

/** What the hub refuses. Trouble with reaching it stays an `ApiError`. */
export class HubError extends Error {
  readonly code: HubErrorCode;

  constructor(code: HubErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HubError';
    this.code = code;
  }
}

export function isHubError(error: unknown, ...codes: readonly HubErrorCode[]): error is HubError {
  return error instanceof HubError && (codes.length === 0 || codes.includes(error.code));
}
