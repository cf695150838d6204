import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import { type ClusterAddress, startHttpsServer } from '../../src/apiserver/https-server.ts';
import { connectContext } from '../../src/kube/http/connect-context.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { describeApiServer } from './api-server.suite.ts';
import { expireBy, SUITE_TOKEN, SUITE_USER } from './core-subject.ts';
import type { Subject } from './implementation.ts';

const ADMIN_TOKEN = 'conformance-admin-token';

describeApiServer({
  name: 'the API-server core, over HTTPS',
  lacks: { 'server-side-apply': 'it tracks no field ownership' },
  async start(): Promise<Subject> {
    const admin = { token: ADMIN_TOKEN, user: { username: 'conformance-admin', groups: ['system:masters'] } };
    const users = [admin, { token: SUITE_TOKEN, user: SUITE_USER }];
    const core = new ApiServerCore({ name: 'conformance', clock: systemClock, random: seededRandom(7), users });
    const https = await startHttpsServer({ cores: [core] });
    const [asAdmin, asUser, asNobody] = [ADMIN_TOKEN, SUITE_TOKEN, 'nobody-has-this'].map((token) =>
      connect(https.address('conformance'), token),
    );
    if (asAdmin === undefined || asUser === undefined || asNobody === undefined) throw new Error('three tokens, three clients');
    return {
      admin: asAdmin,
      user: { name: SUITE_USER.username, groups: SUITE_USER.groups, server: asUser },
      token: SUITE_TOKEN,
      stranger: asNobody,
      ...expireBy(core),
      async [Symbol.asyncDispose]() {
        await Promise.all([asAdmin.close(), asUser.close(), asNobody.close()]);
        await https.close();
        core.close();
      },
    };
  },
});

function connect({ name, server, caData }: ClusterAddress, token: string) {
  const context = {
    name,
    server,
    source: 'the suite',
    insecureSkipTlsVerify: false,
    ca: { text: Buffer.from(caData, 'base64').toString('utf8') },
    user: { token },
  };
  return connectContext(context, { clock: systemClock, userAgent: 'fleetgraph/conformance' });
}
