import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectContext } from '../../src/kube/http/connect-context.ts';
import type { KubeContext } from '../../src/kube/http/kubeconfig.ts';
import { contextsOf } from '../../src/kube/http/kubeconfig.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { describeApiServer } from './api-server.suite.ts';
import type { Subject } from './implementation.ts';

const CLUSTER = 'cluster-1';

describeApiServer({
  name: 'a real API server, over HTTP',
  lacks: {
    'expiring-pages': 'etcd compacts every five minutes only',
    'plain-evictions': "OpenKruise's webhook looks for the pod first",
  },
  async start(): Promise<Subject> {
    const controlPlane = sharedControlPlane();
    const cluster = controlPlane.cluster(CLUSTER);
    const folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
    const contextOf = async (user: 'admin' | 'team-shop') => {
      const file = path.join(folder, user);
      await controlPlane.writeKubeconfig({ user, path: file });
      const [context] = await contextsOf([file], [CLUSTER]);
      if (context === undefined) throw new Error(`${file} has no context ${CLUSTER}`);
      return context;
    };
    const admin = connect(await contextOf('admin'));
    const context = await contextOf('team-shop');
    const server = connect(context);
    const stranger = connect({ ...context, user: { token: 'nobody-has-this' } });
    return {
      admin,
      user: { name: 'team-shop', groups: ['team-shop'], server },
      token: cluster.tokens['team-shop'],
      stranger,
      // The suite's own kind is served, and its changes remembered, from later on.
      expiredVersion: () => Promise.resolve('1'),
      untilPodsAllowed: (namespace) => cluster.untilPodsAllowed(namespace),
      async [Symbol.asyncDispose]() {
        await Promise.all([admin.close(), server.close(), stranger.close()]);
        cluster.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});

function connect(context: KubeContext) {
  return connectContext(context, { clock: systemClock, userAgent: 'fleetgraph/conformance', readsSecrets: true });
}
