import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../runtime/random.ts';
import { ChunkedBody } from './chunked-body.ts';

function chunkOf(random: Random, content: Buffer): Buffer {
  const digits = content.length.toString(16).padStart(1 + random.int(4), '0');
  const size = random.next() < 0.5 ? digits.toUpperCase() : digits;
  return Buffer.concat([Buffer.from(`${size}${random.pick(['', ';a', ' ;b="c"'])}\r\n`), content, Buffer.from('\r\n')]);
}

function read(body: ChunkedBody, pieces: readonly Buffer[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(body.push(Buffer.from(piece)))));
}

describe('a body in chunks', () => {
  it('is its content, wherever it is cut', () => {
    const random = seededRandom(5);
    for (let story = 0; story < 400; story += 1) {
      const contents = Array.from({ length: random.int(6) }, () =>
        Buffer.from(Array.from({ length: 1 + random.int(40) }, () => random.int(256))),
      );
      const whole = Buffer.concat([...contents.map((content) => chunkOf(random, content)), Buffer.from('0\r\n')]);
      const pieces: Buffer[] = [];
      for (let at = 0; at < whole.length; ) {
        const size = 1 + random.int(random.next() < 0.5 ? 3 : 60);
        pieces.push(whole.subarray(at, at + size));
        at += size;
      }
      const body = new ChunkedBody();
      expect(read(body, pieces.slice(0, -1)).length).toBeLessThanOrEqual(whole.length);
      expect(body.rest).toBeUndefined();
      const again = new ChunkedBody();
      expect(read(again, pieces)).toEqual(Buffer.concat(contents));
      expect(again.rest).toHaveLength(0);
      expect(again.isMalformed).toBe(false);
    }
  });

  it('leaves what is behind the size of the last chunk', () => {
    const body = new ChunkedBody();
    expect(read(body, [Buffer.from('1\r\na\r\n0\r\nTrailer: x\r\n\r\nHTTP')]).toString()).toBe('a');
    expect(body.rest?.toString()).toBe('Trailer: x\r\n\r\nHTTP');
  });

  it.each([
    'x\r\n',
    '\r\n',
    '1\na',
    '1\r\nab',
    '1\r\na\n',
    '1\r\na\rx',
    '-1\r\n',
    '1000000000000\r\n',
    `1;${'x'.repeat(1_100)}`,
    '1;a\nb\r\n',
    ' 1\r\n',
  ])('tells the content up to what is no chunk: %j', (text) => {
    const body = new ChunkedBody();
    expect(read(body, [Buffer.from(text)]).toString()).toBe(text.startsWith('1\r\n') ? 'a' : '');
    expect(body.isMalformed).toBe(true);
  });
});
