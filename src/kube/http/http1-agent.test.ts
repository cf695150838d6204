import { describe, expect, it } from 'vitest';
import { get, read, send, wired } from './testing/wired-server.ts';

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nxx';
const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

describe('a switch of protocols that nobody asked for', () => {
  it.each(['GET', 'POST'] as const)('fails a %s, which was sent, and once', async (method) => {
    await using wire = await wired((socket) => socket.write(SWITCH));
    await expect(send(wire, method)).rejects.toMatchObject({ name: 'TransportError', sent: true });
    expect(wire.sockets).toHaveLength(1);
  });

  it('fails one on a connection that has served before', async () => {
    await using wire = await wired((socket, request) => socket.write(request === 1 ? HELLO : SWITCH));
    expect((await read(await get(wire))).text).toBe('hello');
    await expect(get(wire)).rejects.toMatchObject({ name: 'TransportError', sent: true });
    expect(wire.sockets).toHaveLength(1);
  });
});
