import { ApiError } from '../api-error.ts';
import { asBuffer } from './as-buffer.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isSpaceFrom,
  OPEN_BRACE,
  OPEN_BRACKET,
  OutOfBytes,
  passSpace,
  Unusual,
} from './json-pass.ts';
import { type ObjectDecoder, valueAt } from './object-decoder.ts';
import { checkObjectSize, tooLargeAnswer } from './page-limits.ts';

/** The page is put together in a way that this reader does not follow: read it in one piece. */
export class UnusualPage extends Error {}

/** A rest that is longer is looked at again only when it has doubled. */
const SMALL_REST_BYTES = 128 << 10;

type Place = 'start' | 'member' | 'after-member' | 'item' | 'after-item' | 'end';

/**
 * Reads one page of a list as its bytes come, an object at a time: the page is never in memory as a whole, neither
 * as text nor as objects with all their members.
 */
export class PageReader {
  /** Members of the list itself: kind, apiVersion, metadata. */
  readonly members: Record<string, unknown> = {};
  readonly items: unknown[] = [];
  readonly #decoder: ObjectDecoder;
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);
  #place: Place = 'start';
  #hasItems = false;
  #tryAgainAt = 0;
  #received = 0;

  constructor(decoder: ObjectDecoder, maxBytes: number) {
    this.#decoder = decoder;
    this.#maxBytes = maxBytes;
  }

  /** Throws `ApiError` "UnreadableAnswer", "ObjectTooLarge" or "AnswerTooLarge", or `UnusualPage`. */
  push(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > this.#maxBytes) throw tooLargeAnswer(this.#maxBytes);
    this.#rest = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    if (this.#rest.length < this.#tryAgainAt) return;
    const left = this.#rest.length - this.#readOn();
    checkObjectSize(left);
    this.#rest = this.#rest.subarray(this.#rest.length - left);
    this.#tryAgainAt = left > SMALL_REST_BYTES ? left * 2 : 0;
  }

  /** The bytes are all there. Whether the list has items at all. */
  finish(): boolean {
    if (this.#rest.length > 0 && this.#place !== 'end') this.#rest = this.#rest.subarray(this.#readOn());
    if (this.#place !== 'end' || !isSpaceFrom(this.#rest, 0)) throw failure('UnreadableAnswer', 'the answer is not JSON');
    return this.#hasItems;
  }

  /** Reads while there are whole values; returns up to where. */
  #readOn(): number {
    let at = 0;
    try {
      while (this.#place !== 'end') at = this.#step(this.#rest, passSpace(this.#rest, at));
      return at;
    } catch (error) {
      if (error instanceof OutOfBytes) return at;
      if (error instanceof Unusual) throw new UnusualPage();
      if (error instanceof SyntaxError) throw failure('UnreadableAnswer', 'the answer is not JSON');
      throw error;
    }
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#place) {
      case 'start':
        return this.#mark(bytes, at, OPEN_BRACE, 'member');
      case 'member':
        return bytes[at] === CLOSE_BRACE && Object.keys(this.members).length === 0
          ? this.#mark(bytes, at, CLOSE_BRACE, 'end')
          : this.#member(bytes, at);
      case 'after-member':
        return bytes[at] === COMMA ? this.#mark(bytes, at, COMMA, 'member') : this.#mark(bytes, at, CLOSE_BRACE, 'end');
      case 'item':
        return bytes[at] === CLOSE_BRACKET && this.items.length === 0
          ? this.#mark(bytes, at, CLOSE_BRACKET, 'after-member')
          : this.#item(bytes, at);
      case 'after-item':
        return bytes[at] === COMMA ? this.#mark(bytes, at, COMMA, 'item') : this.#mark(bytes, at, CLOSE_BRACKET, 'after-member');
      case 'end':
        return at;
    }
  }

  #mark(bytes: Buffer, at: number, mark: number, next: Place): number {
    if (bytes[at] !== mark) throw failure('UnreadableAnswer', 'the answer is not JSON');
    this.#place = next;
    return at + 1;
  }

  #member(bytes: Buffer, from: number): number {
    const key = valueAt(bytes, from);
    const at = passSpace(bytes, key.end);
    if (typeof key.value !== 'string' || bytes[at] !== COLON) throw failure('UnreadableAnswer', 'the answer is not JSON');
    const valueFrom = passSpace(bytes, at + 1);
    // Told twice, the last one would count; and what was read of the first is gone already.
    if (Object.hasOwn(this.members, key.value)) throw new UnusualPage();
    if (key.value === 'items' && bytes[valueFrom] === OPEN_BRACKET) {
      this.#hasItems = true;
      this.#note('items', undefined, 'item');
      return valueFrom + 1;
    }
    const { value, end } = valueAt(bytes, valueFrom);
    this.#note(key.value, value, 'after-member');
    return end;
  }

  #note(name: string, value: unknown, next: Place): void {
    if (name === '__proto__') throw new UnusualPage();
    this.members[name] = value;
    this.#place = next;
  }

  #item(bytes: Buffer, at: number): number {
    const { value, end } = this.#decoder.objectAt(bytes, at);
    checkObjectSize(end - at);
    this.items.push(value);
    this.#place = 'after-item';
    return end;
  }
}

function failure(reason: string, message: string): ApiError {
  return new ApiError('server-error', message, { reason });
}
