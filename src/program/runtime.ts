import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';

/** The world, handed to everything below. */
export interface ProgramRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the person who started the program. */
  readonly userName: string;
  readonly version: string;
}
