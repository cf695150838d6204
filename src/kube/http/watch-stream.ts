import type { KubeObject } from '../../model/kube-object.ts';
import { ApiError } from '../api-error.ts';
import type { WatchEvent } from '../watch-event.ts';
import { errorOfStatus } from './api-errors.ts';
import { ByteLines, LineTooLongError } from './byte-lines.ts';
import type { CallScope } from './call-scope.ts';
import { isKubeObject } from './object-shape.ts';

/** etcd takes about 1.5 MiB an object by default; its JSON is a small multiple of that. */
const MAX_LINE_BYTES = 16 << 20;

/** A line that has begun must end: one byte every now and then keeps every other timer content. */
const LINE_DEADLINE_MS = 60_000;

/**
 * The events in a watch's bytes, in order. Ends with the bytes, also within a line. Throws an ERROR line as
 * its `ApiError`, and "UnreadableLine" for a line that it cannot read: what that line said is lost, so nobody
 * may go on behind it.
 */
export async function* watchEvents(body: AsyncIterable<Uint8Array>, scope: CallScope): AsyncGenerator<WatchEvent, void, undefined> {
  const lines = new ByteLines(MAX_LINE_BYTES);
  using openLine = new OpenLine(scope);
  try {
    for await (const chunk of body) {
      let completed = 0;
      for (const line of lines.push(chunk)) {
        completed += 1;
        if (line.length > 0) yield eventOf(line);
      }
      openLine.update(lines.pendingBytes > 0, completed > 0);
    }
  } catch (error) {
    throw error instanceof LineTooLongError ? unreadable(error.message) : error;
  }
}

/** The time that the line which has begun has left. */
class OpenLine implements Disposable {
  readonly #scope: CallScope;
  #deadline: Disposable | undefined;

  constructor(scope: CallScope) {
    this.#scope = scope;
  }

  update(isPending: boolean, anotherEnded: boolean): void {
    if (!isPending || anotherEnded) this[Symbol.dispose]();
    if (isPending) this.#deadline ??= this.#scope.deadline(LINE_DEADLINE_MS, 'a line of the watch did not end');
  }

  [Symbol.dispose](): void {
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = undefined;
  }
}

const EVENT_TYPES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function eventOf(line: Buffer): WatchEvent {
  const { type, object } = parse(line);
  if (type === 'ERROR') throw errorOfStatus(object);
  if (type === 'BOOKMARK') return { type: 'bookmark', resourceVersion: versionOf(object) };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')
    throw unreadable(`a line of the watch has the unknown type ${JSON.stringify(type)?.slice(0, 40)}`);
  return { type: EVENT_TYPES[type], object: objectOf(object) };
}

function parse(line: Buffer): { type?: unknown; object?: unknown } {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Without the cause: a JSON error quotes the text, which may be a secret.
    throw unreadable('a line of the watch is not JSON');
  }
  throw unreadable('a line of the watch is not an object');
}

function objectOf(value: unknown): KubeObject {
  if (!isKubeObject(value) || value.metadata.resourceVersion === undefined)
    throw unreadable('a line of the watch carries no object with a name and a version');
  return value;
}

function versionOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'metadata' in value) {
    const metadata = value.metadata as { resourceVersion?: unknown } | null;
    if (typeof metadata?.resourceVersion === 'string' && metadata.resourceVersion !== '') return metadata.resourceVersion;
  }
  throw unreadable('a bookmark carries no version');
}

function unreadable(message: string): ApiError {
  return new ApiError('server-error', message, { reason: 'UnreadableLine' });
}
