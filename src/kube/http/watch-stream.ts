import type { KubeObject } from '../../model/kube-object.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Lane } from '../../runtime/pump.ts';
import { ApiError } from '../api-error.ts';
import type { WatchEvent } from '../watch-event.ts';
import { errorOfStatus } from './api-errors.ts';
import { ByteLines, LineTooLongError } from './byte-lines.ts';
import type { CallScope } from './call-scope.ts';
import { ObjectDecoder } from './object-decoder.ts';
import { isFields, isKubeObject } from './object-shape.ts';

/** etcd takes about 1.5 MiB an object by default; its JSON is a small multiple of that. */
export const MAX_LINE_BYTES = 16 << 20;

/** Of waiting. A line that has begun must end: one byte every now and then keeps every other timer content. */
const LINE_DEADLINE_MS = 60_000;

/** How the events of a watch are told apart and read: lines of JSON, or frames of protobuf. */
export interface WatchForm {
  /** Bytes of an event that has begun and not ended. */
  readonly pendingBytes: number;
  /** The events that `chunk` completes. Throws as `watchEvents` does. */
  push(chunk: Uint8Array): Iterable<Buffer>;
  /** Undefined: it says nothing. */
  eventOf(bytes: Buffer): WatchEvent | undefined;
}

/** How a watch is read. */
export interface WatchReading {
  readonly form: WatchForm;
  /** Turns to read what comes. */
  readonly lane: Lane;
  readonly clock: Clock;
}

/**
 * The events in a watch's bytes, in order, those of one piece together. Ends with the bytes, also within an event. Throws an ERROR event as
 * its `ApiError`, and "UnreadableLine" for one that it cannot read: what that one said is lost, so nobody
 * may go on behind it.
 */
export async function* watchBatches(
  body: AsyncIterable<Uint8Array>,
  scope: CallScope,
  { form, lane, clock }: WatchReading,
): AsyncGenerator<readonly WatchEvent[], void, undefined> {
  using openLine = new OpenLine(scope, clock);
  try {
    for await (const chunk of body) {
      openLine.pause();
      using _turn = await lane.turn(chunk.length);
      const { events, completed, failure } = readPiece(form, chunk);
      if (events.length > 0) yield events;
      if (failure !== undefined) throw failure.error;
      openLine.goOn(form.pendingBytes > 0, completed > 0);
    }
  } catch (error) {
    throw error instanceof LineTooLongError ? unreadable(error.message) : error;
  }
}

interface Piece {
  readonly events: readonly WatchEvent[];
  /** Lines or frames that ended, also those that say nothing. */
  readonly completed: number;
  /** What came up behind the events. */
  readonly failure?: { readonly error: unknown };
}

function readPiece(form: WatchForm, chunk: Uint8Array): Piece {
  const events: WatchEvent[] = [];
  let completed = 0;
  try {
    for (const bytes of form.push(chunk)) {
      completed += 1;
      const event = form.eventOf(bytes);
      if (event !== undefined) events.push(event);
    }
    return { events, completed };
  } catch (error) {
    return { events, completed, failure: { error } };
  }
}

/** The time that the line which has begun has left. What we take over what came, and whoever reads it, does not count. */
class OpenLine implements Disposable {
  readonly #scope: CallScope;
  readonly #clock: Clock;
  #leftMs = LINE_DEADLINE_MS;
  #waitingSince = 0;
  #deadline: Disposable | undefined;

  constructor(scope: CallScope, clock: Clock) {
    this.#scope = scope;
    this.#clock = clock;
  }

  /** Something came. */
  pause(): void {
    if (this.#deadline === undefined) return;
    this.#leftMs -= this.#clock.monotonic() - this.#waitingSince;
    this[Symbol.dispose]();
  }

  /** Everything that came is read. */
  goOn(isPending: boolean, anotherEnded: boolean): void {
    if (!isPending || anotherEnded) this.#leftMs = LINE_DEADLINE_MS;
    if (!isPending) return;
    this.#waitingSince = this.#clock.monotonic();
    this.#deadline = this.#scope.deadline(Math.max(0, this.#leftMs), 'the rest of a line of the watch did not come');
  }

  [Symbol.dispose](): void {
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = undefined;
  }
}

/** A watch in JSON: an event on each line. */
export class JsonLines implements WatchForm {
  readonly #lines = new ByteLines(MAX_LINE_BYTES);
  readonly #decoder: ObjectDecoder;

  constructor(decoder: ObjectDecoder) {
    this.#decoder = decoder;
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes;
  }

  push(chunk: Uint8Array): Iterable<Buffer> {
    return this.#lines.push(chunk);
  }

  eventOf(line: Buffer): WatchEvent | undefined {
    return line.length === 0 ? undefined : eventOf(line, this.#decoder);
  }
}

export const EVENT_TYPES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function eventOf(line: Buffer, decoder: ObjectDecoder): WatchEvent {
  const { type, object } = parse(line, decoder);
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type: EVENT_TYPES[type], object: objectOf(object) };
  // Of these two a mask for objects keeps too little; they are rare.
  const whole = parse(line, plainDecoder);
  if (type === 'ERROR') throw errorOfStatus(whole.object);
  if (type === 'BOOKMARK') return bookmarkOf(whole.object);
  throw unreadable(`a line of the watch has the unknown type ${JSON.stringify(type)?.slice(0, 40)}`);
}

const plainDecoder = new ObjectDecoder(undefined, () => {});

function parse(line: Buffer, decoder: ObjectDecoder): { type?: unknown; object?: unknown } {
  let value: unknown;
  try {
    value = decoder.line(line);
  } catch (error) {
    // Without the cause: a JSON error quotes the text, which may be a secret.
    throw error instanceof SyntaxError ? unreadable('a line of the watch is not JSON') : error;
  }
  if (typeof value === 'object' && value !== null) return value;
  throw unreadable('a line of the watch is not an object');
}

export function objectOf(value: unknown): KubeObject {
  if (!isKubeObject(value) || value.metadata.resourceVersion === undefined)
    throw unreadable('a line of the watch carries no object with a name and a version');
  return value;
}

export function bookmarkOf(value: unknown): WatchEvent {
  const metadata = isFields(value) && isFields(value['metadata']) ? value['metadata'] : {};
  const { resourceVersion, annotations } = metadata;
  if (typeof resourceVersion !== 'string' || resourceVersion === '') throw unreadable('a bookmark carries no version');
  const isEnd = isFields(annotations) && annotations['k8s.io/initial-events-end'] === 'true';
  return { type: 'bookmark', resourceVersion, ...(isEnd && { endsInitialEvents: true as const }) };
}

export function unreadable(message: string): ApiError {
  return new ApiError('server-error', message, { reason: 'UnreadableLine' });
}
