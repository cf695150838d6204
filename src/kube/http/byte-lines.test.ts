import { describe, expect, it } from 'vitest';
import { ByteLines, LineTooLongError } from './byte-lines.ts';

function linesOf(chunks: readonly Uint8Array[], maxBytes = 1 << 20): string[] {
  const lines = new ByteLines(maxBytes);
  return chunks.flatMap((chunk) => Array.from(lines.push(chunk), (line) => line.toString('utf8')));
}

const LINES = ['{"a":"é✓🚀"}', '{"b":"line\u2028separator\u2029and\r return"}', '', '{"c":1}'];
const BYTES = Buffer.from(`${LINES.join('\n')}\n`);

describe('ByteLines', () => {
  it('R16 gives the same lines wherever the bytes are cut in two', () => {
    for (let at = 0; at <= BYTES.length; at += 1) {
      expect(linesOf([BYTES.subarray(0, at), BYTES.subarray(at)])).toEqual(LINES);
    }
  });

  it('gives the same lines for every size of piece', () => {
    for (let size = 1; size <= BYTES.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(BYTES.length / size) }, (_, index) => BYTES.subarray(index * size, (index + 1) * size));
      expect(linesOf(chunks)).toEqual(LINES);
    }
  });

  it('keeps a fragment to itself, wherever the stream breaks off', () => {
    for (let at = 0; at <= BYTES.length; at += 1) {
      const complete = BYTES.subarray(0, at).toString('latin1').split('\n').length - 1;
      expect(linesOf([BYTES.subarray(0, at)])).toEqual(LINES.slice(0, complete));
    }
  });

  it('R16 I5 refuses a line beyond the cap, in one piece or in many, ended or not', () => {
    const long = Buffer.alloc(11, 'x');
    expect(() => linesOf([long], 10)).toThrow(LineTooLongError);
    expect(() => linesOf([Buffer.concat([long, Buffer.from('\n')])], 10)).toThrow(LineTooLongError);
    expect(() =>
      linesOf(
        Array.from(long, (byte) => Buffer.from([byte])),
        10,
      ),
    ).toThrow(LineTooLongError);
    expect(linesOf([Buffer.from('0123456789\n')], 10)).toEqual(['0123456789']);
  });

  it('copies nothing that lies whole in one chunk', () => {
    const chunk = Buffer.from('abc\ndef\n');
    for (const line of new ByteLines(100).push(chunk)) expect(line.buffer).toBe(chunk.buffer);
  });

  it('tells how much of a line has begun', () => {
    const lines = new ByteLines(100);
    Array.from(lines.push(Buffer.from('one\ntw')));
    expect(lines.pendingBytes).toBe(2);
    Array.from(lines.push(Buffer.from('o\n')));
    expect(lines.pendingBytes).toBe(0);
  });

  it('R16 I5 keeps nothing of what was around a small fragment', () => {
    const read = Buffer.alloc(64 << 10, 'a');
    const lines = new ByteLines(100);
    Array.from(lines.push(read.subarray(0, 3)));
    read.fill('b');
    expect(Array.from(lines.push(Buffer.from('c\n')), String)).toEqual(['aaac']);
  });
});
