import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { BodyTap } from './body-tap.ts';
import { get, read, wired } from './testing/wired-server.ts';
import { TransportError } from './transport.ts';

const HEADER = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const HELLO = `${HEADER}5\r\nhello\r\n0\r\n\r\n`;

describe('the body of an answer over HTTP/1.1', () => {
  it.each([
    ['in chunks', HELLO],
    ['in chunks with a trailer', `${HEADER}5\r\nhello\r\n0\r\nTook: 3\r\n\r\n`],
    ['in chunks, by another word', HELLO.replace('Transfer-Encoding: chunked', 'transfer-encoding:CHUNKED')],
    ['behind an early hint', `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${HELLO}`],
    ['of a told length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['of an error, in chunks', HELLO.replace('200 OK', '503 No')],
  ])('%s is read wherever it is cut, and the connection serves again', async (_name, answer) => {
    for (let cut = 1; cut < answer.length; cut += 3) {
      await using wire = await wired((socket, request) => {
        socket.setNoDelay(true).write(request === 1 ? answer.slice(0, cut) : answer);
        if (request === 1) setTimeout(() => socket.write(answer.slice(cut)), 1);
      });
      expect(await read(await get(wire))).toEqual({ text: 'hello', error: undefined });
      expect(await read(await get(wire))).toEqual({ text: 'hello', error: undefined });
      expect(wire.sockets).toHaveLength(1);
    }
  });

  const NO_CONTENT = HEADER.replace('200 OK', '204 No Content');

  it.each([
    ['in one packet', [`${NO_CONTENT}0\r\n\r\n`]],
    ['in two packets', [NO_CONTENT, '0\r\n\r\n']],
    ['without them', [NO_CONTENT]],
  ])('is none where there is no content, whatever its header says of chunks: %s', async (_name, packets) => {
    let requests = 0;
    await using wire = await wired(async (socket) => {
      requests += 1;
      for (const packet of requests === 1 ? packets : [HELLO]) {
        socket.write(packet);
        await systemClock.sleep(10);
      }
    });
    const nothing = await get(wire);
    expect(nothing.status).toBe(204);
    expect(await read(nothing)).toEqual({ text: '', error: undefined });
    await systemClock.sleep(20);
    expect((await read(await get(wire))).text).toBe('hello');
  });

  it.each([
    ['its header', HEADER],
    ['what is not its own', 'HTTP/1.1 500 No\r\n\r\n'],
  ])('ends the connection when the parser throws at %s', async (_name, bytes) => {
    const socket = new Duplex({ read() {} }).on('data', () => {
      throw new Error('out of step');
    });
    Object.assign(socket, { parser: {} });
    BodyTap.on(socket);
    socket.push(bytes);
    await once(socket, 'close');
  });

  it('ends the connection when the parser is gone before the last chunk', async () => {
    const parsed: string[] = [];
    const socket = new Duplex({ read() {} }).on('data', (bytes) => {
      parsed.push(String(bytes));
      Object.assign(socket, { parser: null });
    });
    Object.assign(socket, { parser: {} });
    BodyTap.on(socket);
    socket.push(HELLO);
    await once(socket, 'close');
    expect(parsed).toEqual([HEADER]);
  });

  it('R10 is told up to the cut, then the cut', async () => {
    await using wire = await wired((socket) => socket.end(`${HEADER}5\r\nhello\r\n5\r\nwo`));
    const { text, error } = await read(await get(wire));
    expect(text).toBe('hellowo');
    expect(error).toBeInstanceOf(TransportError);
  });

  it.each([
    ['without its end', '', expect.any(TransportError)],
    ['with its end', '0\r\n\r\n', undefined],
  ])('R10 is told up to a reset however late it is read, %s', async (_name, end, failure) => {
    await using wire = await wired(async (socket) => {
      socket.setNoDelay(true).write(HEADER);
      for (let chunk = 0; chunk < 5; chunk += 1) {
        socket.write('5\r\nhello\r\n');
        await systemClock.sleep(10);
      }
      if (end !== '') socket.write(end);
      await systemClock.sleep(10);
      socket.resetAndDestroy();
    });
    const answer = await get(wire);
    await systemClock.sleep(200);
    expect(await read(answer)).toEqual({ text: 'hello'.repeat(5), error: failure });
  });

  it('R11 is told up to what is no chunk, and the connection serves no more', async () => {
    await using wire = await wired((socket, request) => socket.write(request === 1 ? `${HEADER}5\r\nhello\r\nnonsense` : HELLO));
    const { text, error } = await read(await get(wire));
    expect(text).toBe('hello');
    expect(error).toBeInstanceOf(TransportError);
    expect((await read(await get(wire))).text).toBe('hello');
    expect(wire.sockets).toHaveLength(2);
  });

  it('refuses an answer of two lengths', async () => {
    await using wire = await wired((socket) => socket.write(HELLO.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n')));
    await expect(get(wire)).rejects.toBeInstanceOf(TransportError);
  });

  it('R31 waits with the server while nobody reads it', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let written = 0;
    await using wire = await wired((socket) => {
      socket.write(HEADER);
      const more = () => {
        while (written < 40_000_000 && socket.write(chunk)) written += 65_536;
        if (written < 40_000_000) socket.once('drain', more);
        else socket.end('0\r\n\r\n');
      };
      more();
    });
    const answer = await get(wire);
    await systemClock.sleep(300);
    expect(written).toBeLessThan(30_000_000);
    const { text, error } = await read(answer);
    expect(error).toBeUndefined();
    expect(text.length).toBeGreaterThanOrEqual(40_000_000);
  });

  it('ends the connection when it is not read to its end', async () => {
    await using wire = await wired((socket) => socket.write(`${HEADER}5\r\nhello\r\n`));
    const { body } = await get(wire);
    for await (const _piece of body) break;
    await once(wire.sockets[0] as Socket, 'close');
  });

  it('tells one that withdraws that it did', async () => {
    await using wire = await wired((socket) => socket.write(`${HEADER}5\r\nhello\r\n`));
    const stop = new AbortController();
    const answer = await get(wire, stop.signal);
    setTimeout(() => stop.abort(), 20);
    const { error } = await read(answer);
    expect(error).toMatchObject({ reason: 'Aborted', sent: true });
  });
});
