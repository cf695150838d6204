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

type Protocols = NonNullable<NodeTransportOptions['protocols']>;

const ADMIN = { token: 'conformance-admin-token', user: { username: 'conformance-admin', groups: ['system:masters'] } };

const lacks = { 'server-side-apply': 'it tracks no field ownership' };

describeApiServer({ name: 'the API-server core, over HTTP/2', lacks, start: () => start(['h2']) });
describeApiServer({ name: 'the API-server core, over HTTP/1.1', lacks, start: () => start(['http/1.1']) });

async function start(protocols: Protocols): Promise<Subject> {
  const users = [ADMIN, { token: SUITE_TOKEN, user: SUITE_USER }];
  const core = new ApiServerCore({ name: 'conformance', clock: systemClock, random: seededRandom(7), users });
  const https = await startHttpsServer({ cores: [core] });
  const as = (token: string) => connect(https.address(core.name), token, protocols);
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

function connect({ server, caData }: ClusterAddress, token: string, protocols: Protocols): HttpApiServer {
  const ca = Buffer.from(caData, 'base64').toString('utf8');
  const trust = () => Promise.resolve({ ca, insecureSkipVerify: false });
  const transport = new NodeTransport({ server: new URL(server), clock: systemClock, trust, protocols });
  const credentials = staticCredentials({ authorization: `Bearer ${token}` });
  return new HttpApiServer({ transport, credentials, clock: systemClock, userAgent: 'fleetgraph/conformance' });
}
