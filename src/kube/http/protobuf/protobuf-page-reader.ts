import { MAGIC } from '../../protobuf/message-rules.ts';
import { asBuffer } from '../as-buffer.ts';
import { Fragments } from '../fragments.ts';
import { hasName, NAMELESS_ITEM, unreadableAnswer } from '../object-shape.ts';
import { checkObjectSize, checkPageValues, tooLargeAnswer } from '../page-limits.ts';
import { FIELD_1, FIELD_2, lengthAt, MAX_LENGTH_BYTES, type Span, startsWithMagic } from './envelope.ts';
import type { ProtobufKind } from './protobuf-kind.ts';
import { UNREADABLE } from './unreadable-protobuf.ts';

/** Where in an answer the next byte is: around the list, in it, behind it. */
type Place = 'start' | 'envelope' | 'list' | 'behind';

/**
 * Reads one page of a list as its bytes come, an object at a time: never more of it is in memory than the object that
 * has begun.
 */
export class ProtobufPageReader {
  /** Members of the list itself: kind, apiVersion, metadata. */
  readonly members: Record<string, unknown> = {};
  readonly items: unknown[] = [];
  readonly #kind: ProtobufKind;
  readonly #maxBytes: number;
  readonly #waiting = new Fragments();
  /** So many must wait before it is worth looking. */
  #needed = MAGIC.length;
  /** Bytes of the list that are not read yet. */
  #listBytes = 0;
  #place: Place = 'start';
  #received = 0;
  #values = 0;

  constructor(kind: ProtobufKind, maxBytes: number) {
    this.#kind = kind;
    this.#maxBytes = maxBytes;
  }

  /** Throws `ApiError` "ObjectTooLarge", "AnswerTooLarge" or "UnreadableAnswer", or `UnreadableProtobuf`. */
  push(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > this.#maxBytes) throw tooLargeAnswer(this.#maxBytes);
    let rest = asBuffer(chunk);
    // Only what completes the object that has begun is put together with it.
    while (this.#waiting.length > 0) {
      const missing = this.#needed - this.#waiting.length;
      if (rest.length < missing) {
        this.#waiting.push(rest);
        return;
      }
      this.#readOn(this.#waiting.take(rest.subarray(0, missing)));
      rest = rest.subarray(missing);
    }
    this.#readOn(rest);
  }

  /** The bytes are all there; a list in this form always has items. Throws `UnreadableProtobuf` when it is cut short. */
  finish(): true {
    if (this.#place !== 'behind' || this.#waiting.length > 0) throw UNREADABLE;
    return true;
  }

  #readOn(bytes: Buffer): void {
    let at = 0;
    this.#needed = 1;
    while (at < bytes.length) {
      const next = this.#step(bytes, at);
      if (next === undefined) break;
      at = next;
    }
    this.#needed = Math.max(1, this.#needed - at);
    this.#waiting.push(bytes.subarray(at));
  }

  /** Behind what begins at `at`; undefined when it is not all there. */
  #step(bytes: Buffer, at: number): number | undefined {
    if (this.#place === 'start') return this.#magic(bytes, at);
    const content = this.#content(bytes, at);
    if (content === undefined) return undefined;
    if (this.#place === 'envelope' && bytes[at] === FIELD_2) return this.#beginList(content);
    if (content.to > bytes.length) return this.#wait(content.to);
    if (this.#place === 'list') this.#readInList(bytes, at, content);
    else this.#readAround(bytes, at, content);
    return content.to;
  }

  #magic(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < MAGIC.length) return this.#wait(MAGIC.length);
    if (!startsWithMagic(bytes, at)) throw UNREADABLE;
    this.#place = 'envelope';
    return at + MAGIC.length;
  }

  #content(bytes: Buffer, at: number): Span | undefined {
    const content = lengthAt(bytes, at + 1, bytes.length);
    if (content === undefined) return this.#wait(Math.min(at + 1 + MAX_LENGTH_BYTES, bytes.length + 1));
    if (this.#place === 'list' && content.to - at > this.#listBytes) throw UNREADABLE;
    if (!(this.#place === 'envelope' && bytes[at] === FIELD_2)) checkObjectSize(content.to - content.from);
    return content;
  }

  #wait(until: number): undefined {
    this.#needed = until;
  }

  #beginList({ from, to }: Span): number {
    if (this.members['kind'] === undefined) throw UNREADABLE;
    this.#listBytes = to - from;
    if (this.#listBytes > this.#maxBytes) throw tooLargeAnswer(this.#maxBytes);
    this.#place = this.#listBytes === 0 ? 'behind' : 'list';
    return from;
  }

  #readInList(bytes: Buffer, at: number, content: Span): void {
    if (bytes[at] === FIELD_2) this.#readItem(bytes, content);
    else if (bytes[at] === FIELD_1 && this.members['metadata'] === undefined)
      this.members['metadata'] = this.#kind.listMetadata(bytes, content);
    else throw UNREADABLE;
    this.#listBytes -= content.to - at;
    if (this.#listBytes === 0) this.#place = 'behind';
  }

  #readItem(bytes: Buffer, content: Span): void {
    const item = this.#kind.item(bytes, content);
    this.#values += this.#kind.values;
    checkPageValues(this.#values, this.#maxBytes);
    // At once: a page of nothing but empty messages would become many times its size before anybody saw what it is.
    if (!hasName(item)) throw unreadableAnswer(NAMELESS_ITEM);
    this.items.push(item);
  }

  /** The type before the list; behind it how it is compressed, which it must not be, and what it is called. */
  #readAround(bytes: Buffer, at: number, content: Span): void {
    const tag = bytes[at];
    if (this.#place === 'envelope' && tag === FIELD_1 && this.members['kind'] === undefined)
      Object.assign(this.members, this.#kind.listType(bytes, content));
    else if (this.#place !== 'behind' || !isTrailer(tag, content)) throw UNREADABLE;
  }
}

function isTrailer(tag: number | undefined, { from, to }: Span): boolean {
  return (tag === 0x1a && from === to) || tag === 0x22;
}
