import { once, setMaxListeners } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { TlsTrust } from './connect-socket.ts';
import { NodeTransport, type NodeTransportOptions } from './node-transport.ts';
import { text, until } from './testing/answers.ts';
import { selfSigned } from './testing/certificates.ts';
import { answer, begin, breakOff, type StubHandler, type StubOptions, StubServer, Wire } from './testing/stub-server.ts';
import { type HeaderLines, TransportError, type TransportRequest } from './transport.ts';

const GET: TransportRequest = { method: 'GET', path: '/x', headers: [] };
const POST: TransportRequest = {
  method: 'POST',
  path: '/x',
  headers: [['content-type', 'application/json']],
  body: Buffer.from('{"a":1}'),
};
const never = new AbortController().signal;
setMaxListeners(0, never);

const open = new Set<AsyncDisposable>();
afterEach(async () => {
  for (const thing of [...open].reverse()) await thing[Symbol.asyncDispose]();
  open.clear();
});

async function serve(handler: StubHandler, options: StubOptions = {}): Promise<StubServer> {
  const stub = await StubServer.start(handler, options);
  open.add(stub);
  return stub;
}

function connect(
  stub: StubServer,
  options: Partial<NodeTransportOptions> & { url?: string; trust?: () => Promise<TlsTrust> } = {},
): NodeTransport {
  const { url, ...rest } = options;
  const trust = () => Promise.resolve({ ca: stub.certificate.ca, insecureSkipVerify: false });
  const transport = new NodeTransport({ server: new URL(url ?? stub.url), clock: systemClock, trust, ...rest });
  open.add({ [Symbol.asyncDispose]: () => transport.close() });
  return transport;
}

function reasonOf(error: unknown): string {
  return error instanceof TransportError ? error.reason : String(error);
}

const echo: StubHandler = (call) => answer(call, 200, { path: call.path, body: call.body });

describe.each(['h2', 'http1', 'http'] as const)('over %s', (speaks) => {
  it('brings a request there and its answer back', async () => {
    const stub = await serve(echo, { speaks });
    const response = await connect(stub).open(POST, never);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(JSON.parse(await text(response))).toEqual({ path: '/x', body: '{"a":1}' });
  });

  it('puts the path prefix of the server before each path', async () => {
    const stub = await serve(echo, { speaks });
    const response = await connect(stub, { url: `${stub.url}/clusters/one/` }).open(GET, never);
    expect(JSON.parse(await text(response))).toMatchObject({ path: '/clusters/one/x' });
  });

  it('sends a header that occurs several times as several lines', async () => {
    const stub = await serve(echo, { speaks });
    const headers: HeaderLines = [
      ['impersonate-user', Buffer.from('josé', 'utf8').toString('latin1')],
      ['impersonate-group', 'devs'],
      ['impersonate-group', 'on, call'],
      ['impersonate-extra-a%2fb', 'one'],
    ];
    await text(await connect(stub).open({ ...GET, headers }, never));
    const lines = stub.calls[0]?.headers ?? [];
    expect(lines.filter(([name]) => name === 'impersonate-group').map(([, value]) => value)).toEqual(['devs', 'on, call']);
    expect(lines).toContainEqual(['impersonate-extra-a%2fb', 'one']);
    const [, user] = lines.find(([name]) => name === 'impersonate-user') ?? ['', ''];
    expect(Buffer.from(user, 'latin1').toString('utf8')).toBe('josé');
  });

  it('does not follow a redirect', async () => {
    const stub = await serve((call) => answer(call, 302, {}, { location: 'https://elsewhere.invalid/' }), { speaks });
    expect((await connect(stub).open(GET, never)).status).toBe(302);
    expect(stub.calls).toHaveLength(1);
  });

  it('says that a write without an answer was sent', async () => {
    const stub = await serve((call) => call.response.destroy(), { speaks });
    await expect(connect(stub).open(POST, never)).rejects.toMatchObject({ name: 'TransportError', sent: true });
    expect(stub.calls).toHaveLength(1);
  });

  it('says of a refused connection that nothing was sent', async () => {
    const stub = await serve(echo, { speaks });
    const transport = connect(stub);
    open.delete(stub);
    await stub[Symbol.asyncDispose]();
    await expect(transport.open(POST, never)).rejects.toMatchObject({ reason: 'ConnectionRefused', sent: false });
  });

  it('fails a body that breaks off', async () => {
    const stub = await serve(
      (call) => {
        begin(call)('half');
        setTimeout(() => breakOff(call), 50);
      },
      { speaks },
    );
    const response = await connect(stub).open(GET, never);
    await expect(text(response)).rejects.toMatchObject({ name: 'TransportError', sent: true });
  });

  it('fails a body whose connection breaks', async () => {
    const stub = await serve((call) => begin(call)('half'), { speaks });
    const reading = text(await connect(stub).open(GET, never));
    setTimeout(() => stub.disconnect(), 20);
    await expect(reading).rejects.toMatchObject({ name: 'TransportError', sent: true });
  });

  it('withdraws an answered request when its signal fires', async () => {
    let closed = false;
    const stub = await serve(
      (call) => {
        call.response.once('close', () => {
          closed = true;
        });
        begin(call)('half');
      },
      { speaks },
    );
    const controller = new AbortController();
    const response = await connect(stub).open(GET, controller.signal);
    const reading = text(response);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ reason: 'Aborted' });
    await until(() => closed);
  });

  it('withdraws an unanswered request when its signal fires, and says that it was sent', async () => {
    const stub = await serve(() => {}, { speaks });
    const controller = new AbortController();
    const opening = connect(stub).open(POST, controller.signal);
    await until(() => stub.calls.length === 1);
    controller.abort();
    await expect(opening).rejects.toMatchObject({ reason: 'Aborted', sent: true });
  });

  it('fails what is in flight when it is closed, and everything after', async () => {
    const stub = await serve(() => {}, { speaks });
    const transport = connect(stub);
    const opening = transport.open(GET, never);
    await until(() => stub.calls.length === 1);
    await Promise.all([expect(opening).rejects.toMatchObject({ name: 'TransportError' }), transport.close()]);
    await expect(transport.open(GET, never)).rejects.toMatchObject({ reason: 'Closed', sent: false });
  });
});

describe('HTTP/2', () => {
  it('R19 serves 100 requests and 20 watches over one session', async () => {
    const stub = await serve((call) => (call.path.startsWith('/watch') ? begin(call)('{}\n') : echo(call)));
    const transport = connect(stub);
    const watches = await Promise.all(Array.from({ length: 20 }, (_, at) => transport.open({ ...GET, path: `/watch/${at}` }, never)));
    await Promise.all(Array.from({ length: 100 }, async () => text(await transport.open(GET, never))));
    expect(watches.map((watch) => watch.status)).toEqual(Array(20).fill(200));
    expect({ sessions: stub.sessionCount, connections: stub.connections, calls: stub.calls.length }).toEqual({
      sessions: 1,
      connections: 1,
      calls: 120,
    });
  });

  it('R19 opens one more session when the server takes no more streams in the first', async () => {
    const stub = await serve((call) => begin(call)('{}\n'), { maxStreams: 3 });
    const transport = connect(stub);
    const watches = await Promise.all(Array.from({ length: 8 }, () => transport.open(GET, never)));
    expect(watches).toHaveLength(8);
    expect(stub.sessionCount).toBe(3);
    expect(transport.connections).toBe(3);
  });

  it('R19 serves new requests in a new session after GOAWAY, while the old ones go on', async () => {
    const writes: ((text: string) => void)[] = [];
    const stub = await serve((call) => (call.path === '/watch' ? writes.push(begin(call)) && writes[0]?.('one\n') : echo(call)));
    const transport = connect(stub);
    const watch = await transport.open({ ...GET, path: '/watch' }, never);
    for (const session of stub.sessions) session.goaway(0);
    await until(() => stub.sessions.size === 1);
    await systemClock.sleep(30);
    await text(await transport.open(GET, never));
    expect(stub.sessionCount).toBe(2);
    writes[0]?.('two\n');
    stub.calls[0]?.response.end();
    expect(await text(watch)).toBe('one\ntwo\n');
    await until(() => transport.connections === 1);
  });

  it('R19 loses no request and starves no watch when GOAWAY comes at any time', async () => {
    const stub = await serve((call) => (call.path === '/watch' ? begin(call)('{}\n') : setTimeout(() => answer(call, 200, {}), 2)), {
      maxStreams: 5,
    });
    const transport = connect(stub);
    const shaking = setInterval(() => [...stub.sessions].at(-1)?.goaway(0), 15);
    try {
      const results = await Promise.all(
        Array.from({ length: 200 }, async (_, at) => {
          await systemClock.sleep(at);
          const response = await transport.open(at % 20 === 0 ? { ...GET, path: '/watch' } : GET, never);
          if (at % 20 !== 0) await text(response);
          return response.status;
        }),
      );
      expect(results).toEqual(Array(200).fill(200));
    } finally {
      clearInterval(shaking);
    }
  });

  it('R17 notices within 45 s that the server has silently gone, and leaves a quiet but living one alone', async () => {
    const clock = new VirtualClock();
    const stub = await serve((call) => begin(call)('{}\n'));
    const wire = await Wire.to(stub.port);
    open.add(wire);
    const transport = connect(stub, { clock, url: `https://127.0.0.1:${wire.port}` });
    const watch = await transport.open(GET, never);
    let ended: unknown;
    const reading = text(watch).catch((error: unknown) => {
      ended = error;
    });
    // A PING's way there and back needs real time.
    for (let step = 0; step < 20; step += 1) {
      await clock.advanceBy(15_000);
      await systemClock.sleep(20);
    }
    expect({ ended, connections: stub.connections }).toEqual({ ended: undefined, connections: 1 });
    wire.cut();
    await clock.advanceBy(30_000);
    await systemClock.sleep(20);
    await clock.advanceBy(45_000);
    await reading;
    expect(ended).toMatchObject({ reason: 'ConnectionLost' });
  });

  // Node's TLS layer then waits for that write for ever, and reads nothing meanwhile: neither error nor end is told.
  it('R17 notices within 9 s a reset that a request met before it was read, and asks over another connection', async () => {
    const clock = new VirtualClock();
    const stub = await serve((call) => (call.path === '/big' ? begin(call)('x'.repeat(60_000)) : echo(call)));
    const wire = await Wire.to(stub.port);
    open.add(wire);
    const transport = connect(stub, { clock, url: `https://127.0.0.1:${wire.port}` });
    await text(await transport.open(GET, never));
    const outcomes: unknown[] = [];
    const ask = () =>
      void transport
        .open(GET, never)
        .then(text)
        .then(() => 'answered', reasonOf)
        .then((outcome) => outcomes.push(outcome));
    // The first one's write fails, the second one's is waited for, what comes then is behind.
    wire.resetWithNext(10_000, () => {
      ask();
      setImmediate(ask);
    });
    const big = transport
      .open({ ...GET, path: '/big' }, never)
      .then(text)
      .then(() => 'answered', reasonOf);
    await until(() => stub.calls.length === 2);
    await systemClock.sleep(100);
    ask();
    await systemClock.sleep(50);
    await clock.advanceBy(9_000);
    await until(() => outcomes.length === 3);
    expect([await big, ...outcomes]).toEqual(Array(4).fill('ConnectionLost'));
    expect(await text(await transport.open(GET, never))).toContain('/x');
    expect(stub.connections).toBe(2);
  });

  it('speaks for another certificate over another session, and drains the first', async () => {
    const stub = await serve((call) => answer(call, 200, { name: call.clientName }), { acceptsClientCertificates: true });
    const transport = connect(stub);
    const [one, two] = await Promise.all([selfSigned({ commonName: 'one' }), selfSigned({ commonName: 'two' })]);
    const nameOf = async (certificate: { cert: string; key: string }) =>
      JSON.parse(await text(await transport.open({ ...GET, certificate }, never))).name;
    expect(await nameOf(one)).toBe('one');
    expect(await nameOf({ cert: one.cert, key: one.key })).toBe('one');
    expect(await nameOf(two)).toBe('two');
    expect(stub.sessionCount).toBe(2);
    await until(() => transport.connections === 1);
  });

  it('carries a body larger than every window', async () => {
    const big = 'x'.repeat(24 << 20);
    const stub = await serve((call) => call.response.end(big));
    expect((await text(await connect(stub).open(GET, never))).length).toBe(big.length);
  });
});

describe('HTTP/1.1', () => {
  it('uses its connections again', async () => {
    const stub = await serve(echo, { speaks: 'http1' });
    const transport = connect(stub);
    for (let at = 0; at < 20; at += 1) await text(await transport.open(GET, never));
    expect(stub.connections).toBe(1);
  });

  it('reads again when it met a connection that the server was closing, and never writes again', async () => {
    const stub = await serve(echo, { speaks: 'http1' });
    const transport = connect(stub);
    await text(await transport.open(GET, never));
    const closing: StubHandler = (call) => (stub.calls.length % 2 === 0 ? call.response.destroy() : echo(call));
    stub.handler = closing;
    await text(await transport.open(GET, never));
    expect(stub.calls).toHaveLength(3);
    await expect(transport.open(POST, never)).rejects.toMatchObject({ sent: true });
  });
});

describe('TLS', () => {
  const trustWith = (trust: Partial<TlsTrust>) => ({ trust: () => Promise.resolve({ insecureSkipVerify: false, ...trust }) });

  it('R22 refuses a server whose authority it does not know', async () => {
    const stub = await serve(echo);
    await expect(connect(stub, trustWith({})).open(POST, never)).rejects.toMatchObject({ reason: 'CertificateUntrusted', sent: false });
    expect(stub.calls).toHaveLength(0);
  });

  it('R22 refuses a certificate for another name, and takes it under that name', async () => {
    const certificate = await selfSigned({ names: ['kubernetes'] });
    const stub = await serve(echo, { certificate });
    await expect(connect(stub, trustWith({ ca: certificate.ca })).open(GET, never)).rejects.toMatchObject({ reason: 'HostnameMismatch' });
    expect((await connect(stub, trustWith({ ca: certificate.ca, serverName: 'kubernetes' })).open(GET, never)).status).toBe(200);
  });

  it('R22 refuses an expired certificate', async () => {
    const certificate = await selfSigned({ notAfter: new Date('2021-01-01') });
    const stub = await serve(echo, { certificate });
    await expect(connect(stub, trustWith({ ca: certificate.ca })).open(GET, never)).rejects.toMatchObject({ reason: 'CertificateExpired' });
  });

  it('verifies whatever the environment says, unless told not to in so many words', async () => {
    const stub = await serve(echo);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      await expect(connect(stub, trustWith({})).open(GET, never)).rejects.toMatchObject({ reason: 'CertificateUntrusted' });
    } finally {
      vi.unstubAllEnvs();
    }
    expect((await connect(stub, trustWith({ insecureSkipVerify: true })).open(GET, never)).status).toBe(200);
  });

  it('R22 reads the authority anew for each connection', async () => {
    const stub = await serve(echo);
    let ca = (await selfSigned()).ca;
    const transport = connect(stub, { trust: () => Promise.resolve({ ca, insecureSkipVerify: false }) });
    await expect(transport.open(GET, never)).rejects.toMatchObject({ reason: 'CertificateUntrusted' });
    ca = stub.certificate.ca;
    expect((await transport.open(GET, never)).status).toBe(200);
  });

  it('says what fails when the other side does not speak TLS', async () => {
    const stub = await serve(echo, { speaks: 'http' });
    await expect(connect(stub, { url: stub.url.replace('http:', 'https:') }).open(GET, never)).rejects.toMatchObject({
      reason: 'TlsFailed',
      sent: false,
    });
  });
});

describe('connecting', () => {
  it('gives up a server that accepts and says nothing, and lets a caller leave before', async () => {
    const mute = net.createServer(() => {}).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const clock = new VirtualClock();
    const { port } = mute.address() as net.AddressInfo;
    const transport = new NodeTransport({
      server: new URL(`https://127.0.0.1:${port}`),
      clock,
      trust: () => Promise.resolve({ insecureSkipVerify: true }),
    });
    const controller = new AbortController();
    const leaving = expect(transport.open(POST, controller.signal)).rejects.toMatchObject({ reason: 'Aborted', sent: false });
    const staying = expect(transport.open(POST, never)).rejects.toMatchObject({ reason: 'TimedOut', sent: false });
    await systemClock.sleep(30);
    controller.abort();
    await leaving;
    await clock.advanceBy(30_000);
    await staying;
    await transport.close();
    mute.close();
  });

  it('gives up a server that agrees to HTTP/2 and does not speak it, and tries again', async () => {
    const certificate = await selfSigned();
    const mute = tls.createServer({ cert: certificate.cert, key: certificate.key, ALPNProtocols: ['h2'] }, (socket) =>
      socket.on('error', () => {}),
    );
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const clock = new VirtualClock();
    const { port } = mute.address() as net.AddressInfo;
    const transport = new NodeTransport({
      server: new URL(`https://127.0.0.1:${port}`),
      clock,
      trust: () => Promise.resolve({ insecureSkipVerify: true }),
    });
    for (let at = 0; at < 2; at += 1) {
      const failing = expect(transport.open(POST, never)).rejects.toMatchObject({ reason: 'TimedOut', sent: false });
      await systemClock.sleep(50);
      await clock.advanceBy(15_000);
      await failing;
    }
    await transport.close();
    mute.close();
  });

  it('says that a name is not known', async () => {
    const transport = new NodeTransport({
      server: new URL('https://no-such-host.invalid'),
      clock: systemClock,
      trust: () => Promise.resolve({ insecureSkipVerify: false }),
    });
    await expect(transport.open(POST, never)).rejects.toMatchObject({ reason: 'DnsFailed', sent: false });
    await transport.close();
  });
});
