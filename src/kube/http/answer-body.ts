import type { Clock } from '../../runtime/clock.ts';
import type { CallScope } from './call-scope.ts';
import { Fragments } from './fragments.ts';
import { tooLargeAnswer } from './page-limits.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Time for each further piece, and for the first kilobytes. */
  readonly stallMs: number;
}

/** A body that comes slower than this keeps a connection and a caller for nothing. */
const MIN_BYTES_PER_SECOND = 1024;

/**
 * A body's pieces, each within its time; the time that the reader takes over them does not count. A body that stalls
 * or drips ends by the scope's deadline.
 */
export async function* timedPieces(
  body: AsyncIterable<Uint8Array>,
  scope: CallScope,
  clock: Clock,
  stallMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [length, waitedMs, waitingSince] = [0, 0, clock.monotonic()];
  let deadline = scope.deadline(stallMs, 'the answer did not go on');
  try {
    for await (const piece of body) {
      deadline[Symbol.dispose]();
      waitedMs += clock.monotonic() - waitingSince;
      length += piece.length;
      yield piece;
      waitingSince = clock.monotonic();
      deadline = scope.deadline(remainingMs(waitedMs, length, stallMs), 'the answer came too slowly: the rest did not come');
    }
  } finally {
    deadline[Symbol.dispose]();
  }
}

/** Reads a body to its end. Throws `server-error` "AnswerTooLarge" beyond `maxBytes`. */
export async function readBody(body: AsyncIterable<Uint8Array>, scope: CallScope, clock: Clock, limits: BodyLimits): Promise<Buffer> {
  const read = new Fragments();
  for await (const chunk of timedPieces(body, scope, clock, limits.stallMs)) {
    read.push(chunk);
    if (read.length > limits.maxBytes) throw tooLargeAnswer(limits.maxBytes);
  }
  return read.take();
}

/** The next piece has `stallMs`, or less once the body is behind the rate that it must keep. */
function remainingMs(elapsedMs: number, bytes: number, stallMs: number): number {
  const allowedMs = stallMs + (bytes / MIN_BYTES_PER_SECOND) * 1000;
  return Math.max(0, Math.min(stallMs, allowedMs - elapsedMs));
}

/** The beginning of an error's body: enough for a Status, never more than `maxBytes`. Never throws. */
export async function readSome(body: AsyncIterable<Uint8Array>, scope: CallScope, maxBytes: number, stallMs: number): Promise<Buffer> {
  const read = new Fragments();
  using _deadline = scope.deadline(stallMs, 'the answer did not go on');
  try {
    for await (const chunk of body) {
      read.push(chunk);
      if (read.length >= maxBytes) break;
    }
  } catch {
    // The status is known already; half an explanation is better than a different error.
  }
  return read.take().subarray(0, maxBytes);
}
