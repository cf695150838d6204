/** The program was asked rightly, and the world did not let it start: one line on standard error, exit code 1. */
export class StartFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartFailure';
  }
}
