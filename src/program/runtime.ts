import type { Clock } from '../runtime/clock.ts';
import type { Pump } from '../runtime/pump.ts';
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
  /** Shared by the connections to all clusters. */
  readonly pump: Pump;
  /** Resolves with the exit code when the process is asked to end. */
  readonly asked: Promise<ExitCode>;
}
