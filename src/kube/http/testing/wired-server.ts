import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { systemClock } from '../../../runtime/clock.ts';
import { NodeTransport } from '../node-transport.ts';
import type { Method, TransportResponse } from '../transport.ts';

/** A transport over HTTP/1.1 and the server at its other end. */
export interface Wired extends AsyncDisposable {
  readonly transport: NodeTransport;
  /** Connections that the server has accepted. */
  readonly sockets: Socket[];
}

/** With a server that answers each request with `answer`, byte for byte, told which request of its connection it is. */
export async function wired(answer: (socket: Socket, request: number) => unknown): Promise<Wired> {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    let requests = 0;
    socket
      .on('error', () => {})
      .on('data', () => {
        requests += 1;
        void answer(socket, requests);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const trust = () => Promise.resolve({ insecureSkipVerify: false });
  const transport = new NodeTransport({ server: new URL(`http://127.0.0.1:${port}`), clock: systemClock, trust });
  return {
    transport,
    sockets,
    async [Symbol.asyncDispose]() {
      await transport.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export function get(wire: Wired, signal?: AbortSignal): Promise<TransportResponse> {
  return send(wire, 'GET', signal);
}

export function send({ transport }: Wired, method: Method, signal = new AbortController().signal): Promise<TransportResponse> {
  return transport.open({ method, path: '/', headers: [] }, signal);
}

/** What the body said, and what broke it off. */
export async function read({ body }: TransportResponse): Promise<{ text: string; error: unknown }> {
  const pieces: Uint8Array[] = [];
  const text = () => Buffer.concat(pieces).toString();
  try {
    for await (const piece of body) pieces.push(piece);
    return { text: text(), error: undefined };
  } catch (error) {
    return { text: text(), error };
  }
}
