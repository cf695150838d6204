/** Protobuf's wire format, written: single fields. */

export function textField(number: number, text: string): Buffer {
  return bytesField(number, Buffer.from(text));
}

export function bytesField(number: number, content: Buffer): Buffer {
  return Buffer.concat([bytesHead(number, content.length), content]);
}

/** What stands before so many bytes. */
export function bytesHead(number: number, length: number): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(length)]);
}

/** Negative ones in ten bytes, as 64 bits. */
export function integerField(number: number, integer: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(integer)]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

function varint(value: number): Buffer {
  if (value >= 0 && value < 0x80) return Buffer.of(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
