import { MAGIC } from '../../protobuf/message-rules.ts';
import { UNREADABLE } from './unreadable-protobuf.ts';

/** Tags of fields that are a length and so many bytes, by number. */
export const FIELD_1 = 0x0a;
export const FIELD_2 = 0x12;
const FIELD_3 = 0x1a;
const FIELD_4 = 0x22;

/** So many bytes at most may a length have: five times seven bits. */
export const MAX_LENGTH_BYTES = 5;

/** Bytes `from` to `to` of a buffer. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What goes around an object: its type, the object, how it is encoded. */
export interface Envelope {
  readonly typeMeta: Span;
  readonly object: Span;
}

/** The envelope that fills `bytes` from `from` to `to`. Throws `UnreadableProtobuf`. */
export function envelopeAt(bytes: Buffer, from: number, to: number): Envelope {
  if (to - from < MAGIC.length || !startsWithMagic(bytes, from)) throw UNREADABLE;
  const typeMeta = spanAt(bytes, from + MAGIC.length, to, FIELD_1);
  const object = spanAt(bytes, typeMeta.to, to, FIELD_2);
  let at = object.to;
  if (at < to && bytes[at] === FIELD_3) at = encodingAt(bytes, at, to).to;
  if (at < to && bytes[at] === FIELD_4) at = spanAt(bytes, at, to, FIELD_4).to;
  if (at !== to) throw UNREADABLE;
  return { typeMeta, object };
}

export function startsWithMagic(bytes: Buffer, from: number): boolean {
  for (let at = 0; at < MAGIC.length; at += 1) if (bytes[from + at] !== MAGIC[at]) return false;
  return true;
}

/** How the object was compressed: it must not be. */
function encodingAt(bytes: Buffer, at: number, end: number): Span {
  const span = spanAt(bytes, at, end, FIELD_3);
  if (span.from !== span.to) throw UNREADABLE;
  return span;
}

/** The content of the field at `at`, which must have this tag. Throws `UnreadableProtobuf` when it goes on beyond `end`. */
export function spanAt(bytes: Buffer, at: number, end: number, tag: number): Span {
  if (at >= end || bytes[at] !== tag) throw UNREADABLE;
  const span = lengthAt(bytes, at + 1, end);
  if (span === undefined || span.to > end) throw UNREADABLE;
  return span;
}

/**
 * The content whose length is told at `at`; it may go on beyond the bytes. Undefined when the length itself does.
 * Throws `UnreadableProtobuf` for no length.
 */
export function lengthAt(bytes: Buffer, at: number, end: number): Span | undefined {
  let length = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES; i += 1) {
    if (at + i >= end) return undefined;
    const byte = bytes[at + i] as number;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { from: at + i + 1, to: at + i + 1 + length };
  }
  throw UNREADABLE;
}
