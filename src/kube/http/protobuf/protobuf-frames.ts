import type { WatchEvent } from '../../watch-event.ts';
import { errorOfStatus } from '../api-errors.ts';
import { asBuffer } from '../as-buffer.ts';
import { Fragments } from '../fragments.ts';
import { bookmarkOf, EVENT_TYPES, MAX_LINE_BYTES, objectOf, unreadable, type WatchForm } from '../watch-stream.ts';
import { envelopeAt, FIELD_1, FIELD_2, spanAt } from './envelope.ts';
import { type ProtobufKind, statusAt } from './protobuf-kind.ts';
import { UNREADABLE } from './unreadable-protobuf.ts';

/** Before every event stands its length, the most significant byte first. */
const LENGTH_BYTES = 4;

/** A watch in protobuf: frames, each an event with its object in an envelope. Throws `UnreadableProtobuf` too. */
export class ProtobufFrames implements WatchForm {
  readonly #kind: ProtobufKind;
  readonly #maxBytes: number;
  readonly #fragments = new Fragments();
  /** So many bytes must be there before there is another frame, as far as is known. */
  #needed = LENGTH_BYTES;

  constructor(kind: ProtobufKind, maxBytes: number = MAX_LINE_BYTES) {
    this.#kind = kind;
    this.#maxBytes = maxBytes;
  }

  get pendingBytes(): number {
    return this.#fragments.length;
  }

  /** As views of the chunk where possible: a frame in several chunks is put together, and nothing besides. */
  *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    let bytes = asBuffer(chunk);
    while (this.#fragments.length > 0) {
      const missing = bytes.subarray(0, this.#needed - this.#fragments.length);
      bytes = bytes.subarray(missing.length);
      this.#fragments.push(missing);
      if (this.#fragments.length < this.#needed) return;
      const begun = this.#fragments.take();
      this.#needed = this.#endOf(begun, 0);
      if (begun.length < this.#needed) {
        this.#fragments.push(begun);
        continue;
      }
      this.#needed = LENGTH_BYTES;
      yield begun.subarray(LENGTH_BYTES);
    }
    let at = 0;
    for (let end = this.#endOf(bytes, at); end <= bytes.length; end = this.#endOf(bytes, at)) {
      const from = at + LENGTH_BYTES;
      at = end;
      yield bytes.subarray(from, end);
    }
    this.#needed = this.#endOf(bytes, at) - at;
    if (at < bytes.length) this.#fragments.push(bytes.subarray(at));
  }

  eventOf(frame: Buffer): WatchEvent {
    const type = spanAt(frame, 0, frame.length, FIELD_1);
    const extension = spanAt(frame, type.to, frame.length, FIELD_2);
    const raw = spanAt(frame, extension.from, extension.to, FIELD_1);
    if (raw.to !== extension.to || extension.to !== frame.length) throw UNREADABLE;
    const envelope = envelopeAt(frame, raw.from, raw.to);
    const name = frame.toString('latin1', type.from, type.to);
    switch (name) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        return { type: EVENT_TYPES[name], object: objectOf(this.#kind.object(frame, envelope)) };
      case 'BOOKMARK':
        return bookmarkOf(this.#kind.bookmark(frame, envelope));
      case 'ERROR':
        throw errorOfStatus(statusAt(frame, envelope));
      default:
        throw UNREADABLE;
    }
  }

  /** Where the frame at `at` ends, or its length does while that is not all there. */
  #endOf(bytes: Buffer, at: number): number {
    if (bytes.length - at < LENGTH_BYTES) return at + LENGTH_BYTES;
    const length = bytes.readUInt32BE(at);
    if (length > this.#maxBytes) throw unreadable(`an event of the watch exceeds ${this.#maxBytes} bytes`);
    return at + LENGTH_BYTES + length;
  }
}
