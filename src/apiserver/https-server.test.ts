import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { makeServingCertificate, type ServingCertificate } from './certificate.ts';
import type { Fault } from './http/fault.ts';
import { type HttpsServer, startHttpsServer } from './https-server.ts';
import { aCore, anObject, CONFIG_MAPS } from './testing/core-for-tests.ts';

const USERS = [{ token: 'root', user: { username: 'root', groups: ['system:masters'] } }];
const HEADERS = { authorization: 'Bearer root', 'content-type': 'application/json' };
const MAPS = '/api/v1/namespaces/default/configmaps';

let certificate: ServingCertificate;
let server: HttpsServer;
let fault: Fault | undefined;
const clusters = ['a', 'b'].map((name) => aCore({ name, users: USERS }));
const [a] = clusters;

beforeAll(async () => {
  certificate = await makeServingCertificate({ nowMs: systemClock.now() });
  server = await startHttpsServer({ cores: clusters.map(({ core }) => core), certificate, faults: () => fault });
});

afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Over HTTP/1.1; `onData` may break the connection off. */
function ask(path: string, { method = 'GET', body = '', cluster = 'a' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      `${server.address(cluster).server}${path}`,
      { method, ca: certificate.authority, headers: HEADERS, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function over2<T>(action: (session: ClientHttp2Session, basePath: string) => Promise<T>): Promise<T> {
  const { origin, pathname } = new URL(server.address('a').server);
  const session = connectHttp2(origin, { ca: certificate.authority });
  session.on('error', () => {});
  try {
    return await action(session, pathname);
  } finally {
    session.destroy();
  }
}

describe('the HTTPS server', () => {
  it('serves each cluster under its own path, trusted by its own authority', async () => {
    await a?.client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'only-a'));
    expect(JSON.parse((await ask(`${MAPS}/only-a`)).body)).toMatchObject({ metadata: { name: 'only-a' } });
    expect((await ask(`${MAPS}/only-a`, { cluster: 'b' })).status).toBe(404);
    expect((await ask('/../nowhere/readyz')).status).toBe(404);
  });

  it('speaks HTTP/2, streams a watch line by line and ends it at its time', async () => {
    const lines = await over2(async (session, basePath) => {
      const stream = session.request({ ':path': `${basePath}${MAPS}?watch=1&resourceVersion=${a?.core.revision}`, ...HEADERS });
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.split('\n').length === 3) a?.core.closeWatches();
      });
      await new Promise((resolve) => stream.once('response', resolve));
      for (const name of ['w1', 'w2']) await a?.client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, name));
      await new Promise((resolve) => stream.once('end', resolve));
      return text.trim().split('\n');
    });
    expect(lines.map((line) => JSON.parse(line).object.metadata.name)).toEqual(['w1', 'w2']);
  });

  it('lets go of a watch when its client leaves', async () => {
    await over2(async (session, basePath) => {
      const stream = session.request({ ':path': `${basePath}${MAPS}?watch=1&resourceVersion=0`, ...HEADERS });
      await new Promise((resolve) => stream.once('response', resolve));
      expect(a?.core.openWatches).toBe(1);
    });
    await expect.poll(() => a?.core.openWatches).toBe(0);
  });

  it('closes a watch whose client does not drain it', async () => {
    const ended = await over2(async (session, basePath) => {
      const stream = session.request({ ':path': `${basePath}${MAPS}?watch=1&resourceVersion=${a?.core.revision}`, ...HEADERS });
      await new Promise((resolve) => stream.once('response', resolve));
      stream.pause();
      const data = { filler: 'x'.repeat(2_000) };
      for (let at = 0; at < 1_300; at += 1) await a?.client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, `slow-${at}`, { data }));
      await expect.poll(() => a?.core.openWatches).toBe(0);
      stream.resume();
      return new Promise((resolve) => stream.once('end', () => resolve(true)));
    });
    expect(ended).toBe(true);
  });

  it('refuses a body of more than 3 MiB', async () => {
    const { status, body } = await ask(MAPS, { method: 'POST', body: 'x'.repeat(3 * 1024 * 1024 + 1) });
    expect([status, JSON.parse(body).reason]).toEqual([413, 'RequestEntityTooLarge']);
  });

  it('destroys the connections of a stopped cluster, and of that one only', async () => {
    const broken = over2((session, basePath) => {
      const stream = session.request({ ':path': `${basePath}${MAPS}?watch=1&resourceVersion=0`, ...HEADERS });
      stream.on('error', () => {});
      return new Promise((resolve) => {
        session.once('close', () => resolve('closed'));
        stream.once('response', () => server.stop('a'));
      });
    });
    expect(await broken).toBe('closed');
    await expect(ask('/readyz')).rejects.toThrow();
    expect((await ask('/readyz', { cluster: 'b' })).status).toBe(200);
    server.resume('a');
    expect((await ask('/readyz')).body).toBe('ok');
  });
});

describe('faults', () => {
  const create = (name: string) => ask(MAPS, { method: 'POST', body: JSON.stringify(anObject(CONFIG_MAPS, name)) });
  const exists = (name: string) => a?.core.object('configmaps', name, 'default') !== undefined;

  async function withFault<T>(given: Fault, action: () => Promise<T>): Promise<T> {
    fault = given;
    try {
      return await action();
    } finally {
      fault = undefined;
    }
  }

  it('break a connection off before the request has an effect', async () => {
    await expect(withFault({ refuse: true }, () => create('refused'))).rejects.toThrow();
    expect(exists('refused')).toBe(false);
  });

  it('carry a request out and lose its answer', async () => {
    await expect(withFault({ loseAnswer: true }, () => create('lost'))).rejects.toThrow();
    expect(exists('lost')).toBe(true);
  });

  it('answer another status', async () => {
    const { status, body } = await withFault({ status: 429, retryAfterSeconds: 3 }, () => create('later'));
    expect([status, JSON.parse(body).details.retryAfterSeconds, exists('later')]).toEqual([429, 3, false]);
  });

  it('cut an answer short', async () => {
    await expect(withFault({ cutAfterBytes: 10 }, () => ask(MAPS))).rejects.toThrow();
  });
});
