import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { ExitCode } from './exit-code.ts';

/** The world, handed to everything below. */
export interface ProgramRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the person who started the program. */
  readonly userName: string;
  readonly version: string;
  /** Resolves with the exit code when the process is asked to end. */
  readonly asked: Promise<ExitCode>;
}
