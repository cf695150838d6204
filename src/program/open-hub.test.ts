import { describe, expect, it } from 'vitest';
import { lossyApiServer } from '../../test/support/lossy-api-server.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import { ConfigError } from '../config/problem.ts';
import { parseServeConfig } from '../config/serve-config.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Pump } from '../runtime/pump.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import type { OpenSource } from './cluster-source.ts';
import type { ExitCode } from './exit-code.ts';
import { openHub } from './open-hub.ts';
import { StartFailure } from './start-failure.ts';
import { asUsageError } from './usage-error.ts';

const CONFIG = '--kubeconfig=/nowhere --hub=meta'.split(' ');

function begin({ args = CONFIG, user }: { args?: readonly string[]; user?: string } = {}) {
  const clock = new VirtualClock();
  const core = new ApiServerCore({ name: 'meta', clock, random: seededRandom(1) });
  const asked = Promise.withResolvers<ExitCode>();
  const runtime = {
    clock,
    random: seededRandom(2),
    environment: {},
    userName: 'ada',
    version: 'test',
    asked: asked.promise,
    pump: new Pump(clock),
  };
  const config = parseServeConfig({ args, environment: {}, readFile: () => '' });
  const isOut = { now: false };
  const client: ApiServer = user === undefined ? core.client() : core.client({ username: user, groups: ['system:authenticated'] });
  const server = lossyApiServer(client, () => (isOut.now ? 'not-sent' : 'answered'));
  server.close = async () => {};
  const source: OpenSource = {
    definitions: [{ name: 'dev', source: 'KUBECONFIG', labels: {}, apiServer: client }],
    tokens: {},
    connect: async (name) => (name === 'meta' ? server : undefined),
    [Symbol.asyncDispose]: async () => {},
  };
  return { clock, core, asked, config, isOut, open: () => openHub(config, source, { runtime, logger: silentLogger }) };
}

function definitions(core: ApiServerCore) {
  return core.client().list({
    ...{ group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' },
    ...{ kind: 'CustomResourceDefinition', namespaced: false },
  });
}

describe('a hub cluster', () => {
  it('need not be shown, and is given our kinds', async () => {
    const { core, open } = begin();
    expect(await open()).toMatchObject({ isExclusive: false });
    expect((await definitions(core)).items.map(({ metadata }) => metadata.name)).toEqual([
      'operations.fleetgraph.io',
      'rollouts.fleetgraph.io',
    ]);
  });

  it('is left as it is by a gateway that only looks', async () => {
    const { core, open } = begin({ args: [...CONFIG, '--read-only'] });
    expect(await open()).toBeDefined();
    expect((await definitions(core)).items).toEqual([]);
  });

  it('that is not there is a mistake in --hub', async () => {
    const { open } = begin({ args: ['--kubeconfig=/nowhere', '--hub=nope'] });
    await expect(open()).rejects.toThrow("--hub: there is no cluster 'nope'; known are dev");
  });

  it('that refuses its installation is a mistake in --hub, and the line says what is missing', async () => {
    const { open, config } = begin({ user: 'nobody' });
    const error = asUsageError(await open().catch((failure: unknown) => failure), config.keyOf);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toMatch(/^--hub: the hub refuses its installation: .*; grant these rights on the hub cluster/);
    expect((error as Error).message).not.toContain('\n');
  });

  it('that does not answer yet is waited for', async () => {
    const { clock, isOut, open } = begin();
    isOut.now = true;
    const opening = open();
    await clock.advanceBy(20_000);
    isOut.now = false;
    await clock.advanceBy(6_000);
    expect(await opening).toBeDefined();
  });

  it('that does not answer for half a minute ends the program with one line', async () => {
    const { clock, isOut, open } = begin();
    isOut.now = true;
    const opening = open().catch((failure: unknown) => failure);
    await clock.advanceBy(31_000);
    const failure = await opening;
    expect(failure).toBeInstanceOf(StartFailure);
    expect((failure as Error).message).toBe(
      'the hub cluster meta could not be used for 30 s: not sent; make it reachable, or leave out --hub to keep state in a directory',
    );
  });

  it('is not waited for by a process that is asked to end', async () => {
    const { clock, isOut, asked, open } = begin();
    isOut.now = true;
    const opening = open();
    await clock.advanceBy(2_000);
    asked.resolve(0);
    await clock.advanceBy(1_500);
    expect(await opening).toBeUndefined();
  });
});
