import type { Schema } from '../builder.ts';
import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { badInput } from '../errors.ts';
import type { Told } from '../watching.ts';

/** How a wait ended: exactly one of the three is true. */
export interface Waited<R> {
  readonly met: boolean;
  readonly timedOut: boolean;
  readonly impossible: boolean;
  readonly object: R | undefined;
}

const MAX_SECONDS = 3_000;
const DEFAULT_SECONDS = 600;

export const timeoutArg = builder.args((t) => ({
  timeoutSeconds: t.int({
    defaultValue: DEFAULT_SECONDS,
    description: `How long to wait, 1 to ${MAX_SECONDS} s; after that the answer is \`timedOut\`.`,
  }),
}));

/** Monotonic milliseconds. Throws BAD_USER_INPUT. */
export function deadlineOf({ clock }: GraphContext, timeoutSeconds: number | null | undefined): number {
  const seconds = timeoutSeconds ?? DEFAULT_SECONDS;
  if (seconds < 1 || seconds > MAX_SECONDS)
    throw badInput('timeoutSeconds', `must be from 1 to ${MAX_SECONDS}, not ${seconds}; wait again for longer`);
  return clock.monotonic() + seconds * 1_000;
}

/** True when it is given. Throws BAD_USER_INPUT for false: nobody can wait for that. */
export function onlyTrue(field: string, value: boolean | null | undefined): boolean {
  if (value === false) throw badInput(field, 'can only be true');
  return value === true;
}

/** The answer, if it can be given now. What holds at the last moment is met, not timed out. */
export function answerOf<R>(
  { clock }: GraphContext,
  verdict: 'met' | 'impossible' | undefined,
  object: R | undefined,
  deadline: number,
): Told<Waited<R>> | undefined {
  const timedOut = verdict === undefined && clock.monotonic() >= deadline;
  if (verdict === undefined && !timedOut) return undefined;
  return { value: { met: verdict === 'met', timedOut, impossible: verdict === 'impossible', object }, last: true };
}

export function waitResultFields<R>(t: PothosSchemaTypes.FieldBuilder<Schema, Waited<R>, 'Object'>) {
  return {
    met: t.boolean({ description: 'It holds.', resolve: ({ met }) => met }),
    timedOut: t.boolean({ description: 'It did not hold in time; ask again.', resolve: ({ timedOut }) => timedOut }),
    impossible: t.boolean({ description: 'It can no longer hold.', resolve: ({ impossible }) => impossible }),
  };
}
