/** Protobuf's wire format: numbered fields, each an integer or bytes. */
import { badRequest } from '../status.ts';

export interface WireField {
  readonly number: number;
  /** 0 for a field of bytes. */
  readonly integer: bigint;
  /** Empty for an integer; eight bytes for a double. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();

/** In the order sent. Throws 400 for what is cut short or of an unknown form. */
export function wireFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) fields.push(readField(reader));
  return fields;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readField(reader: Reader): WireField {
  const tag = Number(readVarint(reader));
  const number = tag >>> 3;
  switch (tag & 7) {
    case 0:
      return { number, integer: readVarint(reader), bytes: NOTHING };
    case 1:
      return { number, integer: 0n, bytes: take(reader, 8) };
    case 2:
      return { number, integer: 0n, bytes: take(reader, Number(readVarint(reader))) };
    case 5:
      return { number, integer: 0n, bytes: take(reader, 4) };
    default:
      throw malformed();
  }
}

function readVarint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) throw malformed();
    reader.at += 1;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw malformed();
}

function take(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw malformed();
  const taken = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return taken;
}

const malformed = () => badRequest('the protobuf body is malformed');
