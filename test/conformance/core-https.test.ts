import { expect, it } from 'vitest';
import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import { type ClusterAddress, startHttpsServer } from '../../src/apiserver/https-server.ts';
import { staticCredentials } from '../../src/kube/http/credentials.ts';
import { HttpApiServer } from '../../src/kube/http/http-api-server.ts';
import { NodeTransport, type NodeTransportOptions } from '../../src/kube/http/node-transport.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { describeApiServer } from './api-server.suite.ts';
import { expireBy, SUITE_TOKEN, SUITE_USER } from './core-subject.ts';
import type { Subject } from './implementation.ts';
import { namespaces, secrets } from './kinds.ts';
import { secret } from './objects.ts';

type Protocols = NonNullable<NodeTransportOptions['protocols']>;

const ADMIN = { token: 'conformance-admin-token', user: { username: 'conformance-admin', groups: ['system:masters'] } };

const lacks = { 'server-side-apply': 'it tracks no field ownership' };

describeApiServer({ name: 'the API-server core, over HTTP/2', lacks, start: () => start(['h2']) });
describeApiServer({ name: 'the API-server core, over HTTP/1.1', lacks, start: () => start(['http/1.1']) });

it('what informers read through never gets the contents of a Secret', async () => {
  const core = newCore();
  const https = await startHttpsServer({ cores: [core] });
  const reader = connect(https.address(core.name), ADMIN.token, { protocols: ['h2'], readsSecrets: false });
  try {
    const admin = core.client();
    await admin.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
    await admin.create(secrets, secret('kept', { namespace: 'one', annotations: { holds: 'contents' } }));
    const { items, resourceVersion } = await reader.list(secrets);
    const got = await reader.get(secrets, { namespace: 'one', name: 'kept' });
    const watch = reader.watch(secrets, { resourceVersion, timeoutSeconds: 30 })[Symbol.asyncIterator]();
    await admin.create(secrets, secret('told', { namespace: 'one' }));
    const { value: told } = await watch.next();
    await watch.return?.();
    const objects = [...items, got, ...(told === undefined || told.type === 'bookmark' ? [] : [told.object])];
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['kept', 'kept', 'told']);
    for (const object of objects) expect([object['data'], object['type']]).toEqual([undefined, undefined]);
  } finally {
    await reader.close();
    await https.close();
    core.close();
  }
});

function newCore(): ApiServerCore {
  const users = [ADMIN, { token: SUITE_TOKEN, user: SUITE_USER }];
  return new ApiServerCore({ name: 'conformance', clock: systemClock, random: seededRandom(7), users });
}

async function start(protocols: Protocols): Promise<Subject> {
  const core = newCore();
  const https = await startHttpsServer({ cores: [core] });
  const as = (token: string) => connect(https.address(core.name), token, { protocols, readsSecrets: true });
  const [admin, server, stranger] = [as(ADMIN.token), as(SUITE_TOKEN), as('nobody-has-this')];
  return {
    admin,
    user: { name: SUITE_USER.username, groups: SUITE_USER.groups, server },
    token: SUITE_TOKEN,
    stranger,
    ...expireBy(core),
    async [Symbol.asyncDispose]() {
      await Promise.all([admin.close(), server.close(), stranger.close()]);
      await https.close();
      core.close();
    },
  };
}

function connect(
  { server, caData }: ClusterAddress,
  token: string,
  { protocols, readsSecrets }: { protocols: Protocols; readsSecrets: boolean },
): HttpApiServer {
  const ca = Buffer.from(caData, 'base64').toString('utf8');
  const trust = () => Promise.resolve({ ca, insecureSkipVerify: false });
  const transport = new NodeTransport({ server: new URL(server), clock: systemClock, trust, protocols });
  const credentials = staticCredentials({ authorization: `Bearer ${token}` });
  return new HttpApiServer({ transport, credentials, clock: systemClock, userAgent: 'fleetgraph/conformance', readsSecrets });
}
