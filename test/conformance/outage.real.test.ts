import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiError, isApiError } from '../../src/kube/api-error.ts';
import { connectContext } from '../../src/kube/http/connect-context.ts';
import type { HttpApiServer } from '../../src/kube/http/http-api-server.ts';
import { contextsOf } from '../../src/kube/http/kubeconfig.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/control-plane.ts';
import { secrets } from './kinds.ts';
import { secret } from './objects.ts';
import { until, Watching } from './watching.ts';

const namespace = 'default';
let controlPlane: ControlPlane;
let server: HttpApiServer;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'breaking', nodes: 1 }], kruise: false });
  const [context] = await contextsOf([controlPlane.cluster('breaking').adminKubeconfigPath]);
  if (context === undefined) throw new Error('the kubeconfig has no context');
  server = connectContext(context, { clock: systemClock, userAgent: 'fleetgraph/conformance' });
});
afterAll(async () => {
  await server?.close();
  await controlPlane?.stop();
});

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'loses its server by %s, says so, and goes on where it was once the server is back',
  async (signal) => {
    const cluster = controlPlane.cluster('breaking');
    const name = `before-${signal.toLowerCase()}`;
    const { resourceVersion } = await server.list(secrets, { namespace });
    await using watching = new Watching(server, secrets, { namespace, resourceVersion });
    await server.create(secrets, secret(name, { namespace }));
    expect(await watching.heard(1)).toEqual([`added ${name}`]);
    await cluster.stopApiServer(signal);
    await watching.ended();
    // A server that is killed breaks the stream; one that ends in order closes it.
    if (watching.error !== undefined) expect(watching.error).toMatchObject({ code: 'unreachable' });
    expect(await refusal(server.get(secrets, { namespace, name }))).toMatchObject({ code: 'unreachable', reason: 'ConnectionRefused' });
    expect(await refusal(server.create(secrets, secret('lost', { namespace })))).toMatchObject({
      code: 'unreachable',
      reason: 'ConnectionRefused',
    });
    await cluster.startApiServer();
    await until(
      'an answer',
      () =>
        server.version().then(
          () => true,
          () => false,
        ),
      30_000,
    );
    const after = `after-${signal.toLowerCase()}`;
    await using resumed = new Watching(server, secrets, { namespace, resourceVersion: watching.versions.at(-1) ?? resourceVersion });
    await server.create(secrets, secret(after, { namespace }));
    const heard = await resumed.heard(1);
    // A server that has just started remembers nothing of before: then the way back is a new list.
    if (!isApiError(resumed.error, 'gone'))
      expect({ heard, error: resumed.error }).toEqual({ heard: [`added ${after}`], error: undefined });
    const { items } = await server.list(secrets, { namespace });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining([name, after]));
  },
);

it('does not know what became of a write whose answer was lost', async () => {
  const cluster = controlPlane.cluster('breaking');
  const writes = Array.from({ length: 60 }, (_, at) =>
    server.create(secrets, secret(`racing-${at}`, { namespace })).then(
      () => 'done',
      (error: unknown) => error,
    ),
  );
  await cluster.stopApiServer('SIGKILL');
  const outcomes = await Promise.all(writes);
  for (const outcome of outcomes) expect(outcome === 'done' || isApiError(outcome, 'outcome-unknown', 'unreachable')).toBe(true);
  await cluster.startApiServer();
  await until(
    'an answer',
    () =>
      server.version().then(
        () => true,
        () => false,
      ),
    30_000,
  );
  const { items } = await server.list(secrets, { namespace });
  const present = new Set(items.map(({ metadata }) => metadata.name));
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome === 'done') expect(present).toContain(`racing-${at}`);
    else if (isApiError(outcome, 'unreachable')) expect(present).not.toContain(`racing-${at}`);
  }
});

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isApiError(error)) throw new Error('it was not refused');
  return error;
}
