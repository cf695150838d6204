import type { Run } from '../rollout/run.ts';
import type { GraphContext } from './context.ts';
import { badInput, graphError } from './errors.ts';
import { parseGlobalId } from './global-id.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';
import { seenRun, sightOfRun } from './runs.ts';
import { doubt } from './sight.ts';
import { type Told, type Watched, watch } from './watching.ts';

/** The run that a subscription is about. Throws BAD_USER_INPUT for what is none or may not be seen: not told apart; CLUSTER_UNREACHABLE where nobody can say. */
export async function subscribedRun(ctx: GraphContext, id: string): Promise<Run> {
  const parsed = parseGlobalId(id);
  const run = parsed?.type === 'rollout' ? await seenRun(ctx, parsed.id, 'watch') : undefined;
  if (run === 'unknown') throw graphError('CLUSTER_UNREACHABLE', doubt('the cluster of the rollout'));
  if (run === undefined)
    throw badInput('rollout', 'there is no such rollout, or none that you may see; take its id from the field `id` of a Rollout');
  return run;
}

export interface WatchedRun<T> extends Pick<Watched<T>, 'lookAgainAt'> {
  /** `run` as it is now; undefined once the hub has forgotten it. */
  readonly look: (run: Run | undefined) => Told<T> | undefined;
  /** In place of `look` as long as nobody can say whether the reader still has the right. What it tells nothing of is looked at again soon. */
  readonly lookBlindly?: () => Told<T> | undefined;
  /** Told of each change at once, whether the reader is waiting for one or not. */
  readonly hear?: (run: Run) => void;
}

/** Watches one run for its reader. Ends with FORBIDDEN when the right to it is lost. */
export function watchRun<T>(ctx: GraphContext, run: Run, { look, lookBlindly, hear, ...rest }: WatchedRun<T>): AsyncIterableIterator<T> {
  return watch<T>(ctx, {
    ...rest,
    log: ctx.runs.log,
    concerns({ commit }) {
      const changed = commit.changes.find((change) => !('event' in change) && (change.after ?? change.before)?.uid === run.uid);
      const now = changed === undefined ? undefined : ctx.runs.get(run.uid);
      if (now !== undefined) hear?.(now);
      return changed !== undefined;
    },
    look: () => whenReady(mayWatch(ctx, run), (may) => (may ? look(ctx.runs.get(run.uid)) : (lookBlindly?.() ?? 'blind'))),
  });
}

/** False: nobody can say just now. */
function mayWatch(ctx: GraphContext, run: Run): MaybePromise<boolean> {
  return whenReady(sightOfRun(ctx, run, 'watch'), (sight) => (sight === 'hidden' ? forbidden() : sight === 'seen'));
}

function forbidden(): never {
  throw graphError('FORBIDDEN', 'no right to read what this stream shows');
}

/** What of a run a reader can see: a run that only was looked at again is no news. */
export function runPrint({ uid, state: { status } }: Run): string {
  const { phase, reason, currentStep, steps, causes, revision, finishedAt, timeline, drift, applied, closing, meter } = status;
  const seen = steps.map(({ bakedMs: _, citation: __, ...step }) => step);
  const latest = timeline.at(-1)?.at;
  const verbs = [drift?.resourceVersion, applied?.shape, closing];
  return JSON.stringify([
    uid,
    phase,
    reason,
    currentStep,
    seen,
    causes,
    meter.progress,
    revision,
    finishedAt,
    timeline.length,
    latest,
    verbs,
  ]);
}
