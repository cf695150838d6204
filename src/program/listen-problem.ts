import { listenError } from '../server/http-listener.ts';

/** What a listener's failure means to the person who named the address; anything else as it is. */
export function listenProblem(error: unknown, host: string, port: number): unknown {
  return error instanceof Error && 'syscall' in error ? listenError(error as NodeJS.ErrnoException, host, port) : error;
}
