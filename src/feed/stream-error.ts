/**
 * How a stream can end besides completing.
 * - `FORBIDDEN`: no right to anything in it is left
 * - `BAD_RESUME_TOKEN`: not a token of ours, damaged, or handed out for other selectors or another filter
 */
export type StreamErrorCode = 'FORBIDDEN' | 'BAD_RESUME_TOKEN';

export class StreamError extends Error {
  readonly code: StreamErrorCode;

  constructor(code: StreamErrorCode, message: string) {
    super(message);
    this.name = 'StreamError';
    this.code = code;
  }
}
