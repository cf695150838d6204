import type { ChangeLog } from '../feed/change-log.ts';
import { openObjectStream } from '../feed/object-stream.ts';
import type { StreamAccess } from '../feed/stream-access.ts';
import { StreamError } from '../feed/stream-error.ts';
import type { StreamMessage } from '../feed/stream-message.ts';
import type { ObjectStreamOptions } from '../feed/stream-options.ts';
import type { GraphContext } from './context.ts';
import { graphError } from './errors.ts';

export interface StreamArguments {
  readonly resume?: string | null | undefined;
  readonly snapshot?: boolean | null | undefined;
}

/** What differs from stream to stream. */
export interface StreamDetail<R>
  extends Pick<
    ObjectStreamOptions<R>,
    'source' | 'clustersInScope' | 'matches' | 'fingerprint' | 'background' | 'reevaluate' | 'freshness'
  > {
  /** Root field, selectors and filter: what a resume token is bound to. */
  readonly binding: readonly unknown[];
  readonly namespace?: string | null | undefined;
  /** Where changes of the rows are told. Default: the log of the store's commits. */
  readonly log?: ChangeLog;
  /** Default: the viewer's rights to the kinds of the source. */
  readonly access?: StreamAccess;
}

/** Throws BAD_RESUME_TOKEN at once; the stream ends with FORBIDDEN when no right to it is left. */
export function openStream<R>(
  ctx: GraphContext,
  { binding, namespace, ...detail }: StreamDetail<R>,
  args: StreamArguments,
): AsyncIterableIterator<StreamMessage<R>> {
  const { store, log, tokens, clock, random, access, signal, closing } = ctx;
  const open = () =>
    openObjectStream<R>({
      ...{ store, log, tokens, clock, random, access, signal },
      ...detail,
      secretScope: true,
      binding: canonicalText(binding),
      snapshot: args.snapshot ?? true,
      ...(namespace == null ? {} : { namespace }),
      ...(args.resume == null ? {} : { resume: args.resume }),
      ...(closing === undefined ? {} : { closing }),
    });
  return renewing(ctx, translated(open));
}

/** Rights are asked anew at least so often, also for what the rows of a stream lead to. */
export const RIGHTS_MS = 5_000;

// No generator: one that waits would hear of its end only when it wakes.
function renewing<R>(ctx: GraphContext, messages: AsyncIterableIterator<StreamMessage<R>>): AsyncIterableIterator<StreamMessage<R>> {
  let renewedAt = ctx.clock.monotonic();
  return {
    async next() {
      const result = await translatedAsync(() => messages.next());
      if (ctx.clock.monotonic() - renewedAt >= RIGHTS_MS) {
        renewedAt = ctx.clock.monotonic();
        ctx.visible.renew();
      }
      return result;
    },
    return: async () => (await messages.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asGraphError(error);
  }
}

async function translatedAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asGraphError(error);
  }
}

const asGraphError = (error: unknown) => (error instanceof StreamError ? graphError(error.code, error.message) : error);

/** The same question, however its parts are ordered, gives the same text. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isPlainObject(each)
      ? Object.fromEntries(
          Object.entries(each)
            .filter(([, inner]) => inner != null)
            .sort(byName),
        )
      : each,
  );
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);
const isPlainObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
