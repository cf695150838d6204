import { once, setMaxListeners } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { type Deferred, deferred } from './deferred.ts';
import { NodeTransport } from './node-transport.ts';
import { text, until } from './testing/answers.ts';
import { selfSigned } from './testing/certificates.ts';
import { answer, begin, type StubHandler, type StubOptions, StubServer, Wire } from './testing/stub-server.ts';
import type { ClientCertificate, TransportRequest } from './transport.ts';

const GET: TransportRequest = { method: 'GET', path: '/x', headers: [] };
const never = new AbortController().signal;
setMaxListeners(0, never);

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});

const hello: StubHandler = (call) => answer(call, 200, 'hello');

interface Rig {
  readonly stub: StubServer;
  readonly wire: Wire;
  readonly transport: NodeTransport;
  /** The first connection is made when this resolves, all others at once. */
  readonly first: Deferred<void>;
}

async function rig(speaks: NonNullable<StubOptions['speaks']>, handler: StubHandler = hello): Promise<Rig> {
  const stub = await StubServer.start(handler, { speaks });
  const wire = await Wire.to(stub.port);
  const first = deferred<void>();
  let asked = 0;
  const trust = async () => {
    asked += 1;
    if (asked === 1) await first.promise;
    return { insecureSkipVerify: true };
  };
  const scheme = speaks === 'http' ? 'http' : 'https';
  const transport = new NodeTransport({ server: new URL(`${scheme}://127.0.0.1:${wire.port}`), clock: systemClock, trust });
  open.push(stub, wire, { [Symbol.asyncDispose]: () => transport.close() });
  return { stub, wire, transport, first };
}

/** A server that accepts connections and says nothing of its own. */
async function mute(certificate?: ClientCertificate): Promise<{ url: URL; sockets: net.Socket[] }> {
  const sockets: net.Socket[] = [];
  const keep = (socket: net.Socket) => sockets.push(socket.on('error', () => {}).resume());
  const server = certificate === undefined ? net.createServer(keep) : tls.createServer({ ...certificate, ALPNProtocols: ['h2'] }, keep);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({ [Symbol.asyncDispose]: async () => void server.close() });
  return { url: new URL(`https://127.0.0.1:${(server.address() as net.AddressInfo).port}`), sockets };
}

describe('a connection whose caller has left before it told of HTTP/1.1', () => {
  async function spare(): Promise<Rig> {
    const made = await rig('http1');
    const controller = new AbortController();
    const leaving = expect(made.transport.open(GET, controller.signal)).rejects.toMatchObject({ reason: 'Aborted', sent: false });
    controller.abort();
    await leaving;
    made.first.resolve();
    await until(() => made.stub.secured.size === 1);
    await systemClock.sleep(20);
    return made;
  }

  it('serves the next request', async () => {
    const { stub, transport } = await spare();
    expect(await text(await transport.open(GET, never))).toBe('"hello"');
    expect(await text(await transport.open(GET, never))).toBe('"hello"');
    expect(stub.connections).toBe(1);
  });

  it('may be reset by the server', async () => {
    const { stub, wire, transport } = await spare();
    wire.reset();
    await systemClock.sleep(20);
    expect(await text(await transport.open(GET, never))).toBe('"hello"');
    expect(stub.connections).toBe(2);
  });

  it('may be closed by the server', async () => {
    const { stub, transport } = await spare();
    for (const socket of stub.secured) socket.end();
    await until(() => stub.sockets.size === 0);
    expect(await text(await transport.open({ ...GET, method: 'DELETE' }, never))).toBe('"hello"');
    expect(stub.connections).toBe(2);
  });

  it('gives no request an answer that came before it', async () => {
    const { stub, transport } = await spare();
    for (const socket of stub.secured) socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    await until(() => stub.sockets.size === 0);
    expect(await text(await transport.open(GET, never))).toBe('"hello"');
    expect(stub.connections).toBe(2);
  });

  it('is closed with the transport', async () => {
    const { stub, transport } = await spare();
    await transport.close();
    await until(() => stub.sockets.size === 0);
  });

  it('is closed for a new certificate', async () => {
    const { stub, transport } = await spare();
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    await until(() => stub.sockets.size === 1);
    expect(stub.connections).toBe(2);
  });
});

describe.each(['h2', 'http1'] as const)('a certificate that changes while the first connection is made, over %s', (speaks) => {
  it('leaves who waits for that one served by it, and then closes it', async () => {
    const { stub, transport, first } = await rig(speaks);
    const waiting = Promise.all([transport.open(GET, never), transport.open(GET, never)]);
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    first.resolve();
    expect(await Promise.all((await waiting).map(text))).toEqual(['"hello"', '"hello"']);
    await until(() => stub.sockets.size === 1);
    expect(stub.connections).toBe(speaks === 'h2' ? 2 : 3);
    await transport.close();
    await until(() => stub.sockets.size === 0);
  });

  it('closes what opens for nobody', async () => {
    const { stub, transport, first } = await rig(speaks);
    const controller = new AbortController();
    const leaving = expect(transport.open(GET, controller.signal)).rejects.toMatchObject({ reason: 'Aborted' });
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    controller.abort();
    await leaving;
    first.resolve();
    await until(() => stub.connections === 2);
    await until(() => stub.sockets.size === 1);
  });

  it('keeps nothing from being closed', async () => {
    const { stub, transport, first } = await rig(speaks);
    const failing = expect(transport.open(GET, never)).rejects.toMatchObject({ reason: 'Closed', sent: false });
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    await transport.close();
    first.resolve();
    await failing;
    await until(() => stub.sockets.size === 0);
    expect(stub.connections).toBe(1);
  });
});

describe.each(['h2', 'http1', 'http'] as const)('a certificate that changes during a request, over %s', (speaks) => {
  it('leaves it to its end, then closes its connection', async () => {
    const { stub, transport, first } = await rig(speaks, (call) => (call.path === '/watch' ? begin(call)('one') : hello(call)));
    first.resolve();
    const watch = await transport.open({ ...GET, path: '/watch' }, never);
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    stub.calls[0]?.response.end();
    expect(await text(watch)).toBe('one');
    await until(() => stub.sockets.size === 1);
  });

  it('does not keep it from failing when the transport is closed', async () => {
    const { stub, transport, first } = await rig(speaks, (call) => (call.path === '/mute' ? undefined : hello(call)));
    first.resolve();
    const failing = expect(transport.open({ ...GET, path: '/mute' }, never)).rejects.toMatchObject({ name: 'TransportError', sent: true });
    await until(() => stub.calls.length === 1);
    await text(await transport.open({ ...GET, certificate: await selfSigned() }, never));
    await transport.close();
    await failing;
    await until(() => stub.sockets.size === 0);
  });
});

describe('closing', () => {
  it.each(['TCP', 'TLS'])('does not wait for a server that goes no further than %s', async (layer) => {
    const { url, sockets } = await mute(layer === 'TLS' ? await selfSigned() : undefined);
    const trust = () => Promise.resolve({ insecureSkipVerify: true });
    const transport = new NodeTransport({ server: url, clock: systemClock, trust });
    const failing = expect(transport.open(GET, never)).rejects.toMatchObject({ reason: 'Closed', sent: false });
    await until(() => sockets.length === 1);
    await systemClock.sleep(20);
    await transport.close();
    await failing;
    await until(() => sockets[0]?.destroyed === true);
  });
});
