import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { auditServer } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { Program } from '../support/program.ts';

const SMALL = ['--simulate=clusters=2,pods=60,seed=3', '--port', '0', '--ready-file', '{dir}/ready.json'];
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** What the program says when it refuses to start: its exit code and its lines on standard error. */
async function refusal(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  await using program = new Program(args);
  const code = await program.exited;
  return { code, lines: program.stderr.trim().split('\n') };
}

describe('wrong usage', () => {
  it.each([
    { name: 'an unknown option', args: ['--nope'], line: /^fleetgraph: --nope: there is no such option/ },
    {
      name: 'an unknown command',
      args: ['sevre'],
      line: /^fleetgraph: sevre: there is no such command; known are serve, simulate, schema print/,
    },
    { name: 'a fleet that cannot be', args: ['--simulate=clusters=0,pods=x'], line: /^fleetgraph: --simulate: .*clusters must be between/ },
    {
      name: 'a kubeconfig that is not there',
      args: ['--kubeconfig', '/nowhere/config'],
      line: /^fleetgraph: --kubeconfig: \/nowhere\/config: the file cannot be read/,
    },
    {
      name: 'a token reviewer that is not there',
      args: ['--simulate=clusters=1,pods=20', '--auth', 'token-review', '--token-review-context', 'x'],
      line: /^fleetgraph: --token-review-context: there is no cluster 'x'; known are /,
    },
  ])('$name is a line and exit code 2', async ({ args, line }) => {
    const { code, lines } = await refusal(...args);
    expect(code).toBe(2);
    expect(lines[0]).toMatch(line);
  });

  it('a file that could not be written later is refused before anything starts', async () => {
    const { code, lines } = await refusal('--ready-file', '/nowhere/ready', '--write-kubeconfig', '/nowhere/kubeconfig');
    expect(code).toBe(2);
    expect(lines).toEqual([
      expect.stringMatching(/^fleetgraph: --ready-file: \/nowhere\/ready cannot be written \(ENOENT\)/),
      expect.stringMatching(/^fleetgraph: --write-kubeconfig: /),
    ]);
  });

  it('a mistake of the environment is blamed on its variable', async () => {
    await using program = new Program(['--port', '0'], { FLEETGRAPH_KUBECONFIG: '/nowhere/config' });
    expect(await program.exited).toBe(2);
    expect(program.stderr).toMatch(/^fleetgraph: FLEETGRAPH_KUBECONFIG: \/nowhere\/config: /);
  });

  it('every problem has its line', async () => {
    expect(await refusal('--port', 'x', '--auth', 'y', '--nope')).toMatchObject({
      code: 2,
      lines: [expect.any(String), expect.any(String), expect.any(String)],
    });
  });

  it('a taken port names the way out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await refusal('--simulate=clusters=1,pods=20', '--port', String(port));
    other.close();
    expect(code).toBe(2);
    expect(lines.at(-1)).toBe(
      `fleetgraph: --port: ${port} on 127.0.0.1 is taken by another program; choose another port, or --port 0 for any free one`,
    );
  });

  it('help and the schema are printed without starting anything', async () => {
    for (const [args, text] of [
      [['--help'], '--simulate[=clusters=6,pods=2000,seed=7]'],
      [['schema', 'print'], 'type Query {'],
      [['--version'], 'fleetgraph '],
    ] as const) {
      await using program = new Program(args);
      expect(await program.exited).toBe(0);
      expect(program.stdout).toContain(text);
    }
  });
});

function post(url: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
}

/** A subscription over server-sent events, and what came of it so far. */
async function watch(url: string, query: string): Promise<{ text: () => string; end: () => void }> {
  const { body } = await post(url, query, { accept: 'text/event-stream' });
  if (body === null) throw new Error('no stream');
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  void (async () => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value;
  })().catch(() => {});
  return { text: () => text, end: () => void reader.cancel().catch(() => {}) };
}

describe('a gateway on a simulated fleet', () => {
  it('says where it is, once ready, in a file that only its owner reads and that goes with it', async () => {
    await using program = new Program([...SMALL, '--write-kubeconfig', '{dir}/kubeconfig']);
    const ready = await program.ready();
    expect(Object.keys(ready).sort()).toEqual(['graphql', 'kubeconfig', 'pid', 'playground', 'token', 'tokens', 'url', 'websocket']);
    expect(ready).toMatchObject({
      token: null,
      tokens: { admin: expect.any(String), viewer: expect.any(String), 'team-shop': expect.any(String) },
    });
    expect(ready.graphql).toBe(`${ready.url}/graphql`);
    expect(ready.websocket).toBe(`${ready.url.replace('http', 'ws')}/graphql`);
    expect(statSync(program.readyFile).mode & 0o777).toBe(0o600);
    expect(statSync(ready.kubeconfig ?? '').mode & 0o777).toBe(0o600);
    expect((await fetch(`${ready.url}/readyz`)).status).toBe(200);
    program.signal('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(existsSync(program.readyFile)).toBe(false);
  });

  it('ends with 0 when asked to while it starts', async () => {
    await using program = new Program(SMALL);
    await systemClock.sleep(400);
    program.signal('SIGTERM');
    expect(await program.exited).toBe(0);
  });

  it('tells pages from elsewhere nothing, whatever they ask for', async () => {
    await using program = new Program(SMALL);
    const { url } = await program.ready();
    for (const path of ['/', '/metrics', '/playground']) {
      expect([path, (await fetch(`${url}${path}`, { headers: { origin: 'http://evil.example' } })).status]).toEqual([path, 403]);
    }
    expect((await fetch(`${url}/livez`, { headers: { origin: 'http://evil.example' } })).status).toBe(200);
  });

  it('refuses variables that nest without end, and quotes no long value back', async () => {
    await using program = new Program(SMALL);
    const { graphql = '' } = await program.ready();
    const ask = async (variables: string) => {
      const body = `{"query":"query($f: PodFilter, $s: LabelSelector) { pods(filter: $f, labelSelector: $s) { totalCount } }","variables":${variables}}`;
      return (await fetch(graphql, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
    };
    const deep = await ask(`{"f":${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}}`);
    expect(deep.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'LIMIT_EXCEEDED', retryable: false }) }),
    ]);
    const long = await ask(JSON.stringify({ s: `a in (${'b,'.repeat(50_000)}` }));
    expect(JSON.stringify(long).length).toBeLessThan(1_500);
  });

  it('ends with 130 when interrupted', async () => {
    await using program = new Program(SMALL);
    await program.ready();
    program.signal('SIGINT');
    expect(await program.exited).toBe(130);
  });

  it('prints addresses, the fleet, a query, a canary, how to watch it, take it back and stop, in this order, and all can be pasted', async () => {
    await using program = new Program(SMALL);
    const { url, graphql } = await program.ready();
    const order = [
      `${url}/graphql`,
      `${url}/playground`,
      'Fleet: 2 clusters',
      'query FirstLook',
      'mutation Canary',
      'subscription WatchCanary',
      'mutation RollBack',
      'Stop with Ctrl-C',
    ].map((text) => program.stdout.indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    const printed = (start: string) => program.stdout.slice(program.stdout.indexOf(start)).split('\n\n')[0] ?? '';
    const ask = async (query: string) => (await post(graphql ?? '', query)).json();
    expect(await ask(printed('query FirstLook'))).toMatchObject({ data: { fleet: { clusterCount: 2 } } });
    const { data } = await ask(printed('mutation Canary'));
    expect(data.rolloutStart).toMatchObject({ rollout: { phase: 'PENDING' }, userErrors: [] });
    const { id } = data.rolloutStart.rollout;
    const watching = await watch(graphql ?? '', printed('subscription WatchCanary').replace('ROLLOUT_ID', id));
    await expect.poll(watching.text, { timeout: 30_000 }).toMatch(/"phase":"WAITING","currentStep":0/);
    const rolledBack = await ask(printed('mutation RollBack').replace('ROLLOUT_ID', id));
    expect(rolledBack.data.rolloutRollback).toMatchObject({ rollout: { id, phase: 'ROLLING_BACK' }, userErrors: [] });
    await expect.poll(watching.text, { timeout: 30_000 }).toMatch(/"phase":"ROLLED_BACK"/);
    watching.end();
  }, 90_000);

  it('keeps its clusters in the data directory, and nobody else may open them meanwhile', async () => {
    await using first = new Program([...SMALL, '--data-dir', '{dir}/data']);
    const { graphql = '' } = await first.ready();
    const ask = async (url: string, query: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()).data;
    };
    const ids = async (url: string): Promise<string[]> =>
      (await ask(url, '{ pods(namespace: "shop", first: 500) { nodes { id } } }')).pods.nodes.map(({ id }: { id: string }) => id);
    const [gone = ''] = await ids(graphql);
    await ask(graphql, `mutation { podDelete(input: { pod: "${gone}" }) { userErrors { message } } }`);
    await expect.poll(() => ids(graphql), { timeout: 15_000 }).not.toContain(gone);
    const other = await refusal(...SMALL.slice(0, 3), '--data-dir', join(first.directory, 'data'));
    expect(other).toMatchObject({ code: 2, lines: [expect.stringMatching(/^fleetgraph: --data-dir: /)] });
    first.signal('SIGTERM');
    expect(await first.exited).toBe(0);
    await using second = new Program([...SMALL, '--data-dir', join(first.directory, 'data')]);
    const again = await ids((await second.ready()).graphql ?? '');
    expect(again.length).toBeGreaterThan(5);
    expect(again).not.toContain(gone);
  }, 60_000);

  it('takes options from the environment and a file', async () => {
    await using program = new Program(['--config', '{dir}/fleet.yaml', ...SMALL.slice(1)], { FLEETGRAPH_READ_ONLY: 'true' });
    writeFileSync(join(program.directory, 'fleet.yaml'), 'simulate: clusters=1,pods=20\nplayground: off\n');
    const { url, playground } = await program.ready();
    expect(playground).toBeNull();
    expect((await fetch(`${url}/playground`)).status).toBe(404);
    expect(program.stdout).toContain('Mutations are refused (--read-only).');
  });

  it('passes the audits of graphql-http without error or warning; GET is refused on purpose', async () => {
    await using program = new Program(SMALL);
    const { graphql = '' } = await program.ready();
    const results = await auditServer({ url: graphql });
    expect(results.length).toBeGreaterThan(55);
    expect(results.filter(({ status }) => status === 'error' || status === 'warn').map(({ name }) => name)).toEqual([]);
    for (const { name } of results.filter(({ status }) => status === 'notice')) expect(name).toMatch(/GET/);
  });

  it("answers the README's commands, one after the other, in one shell", async () => {
    await using program = new Program(SMALL);
    const { url } = await program.ready();
    const [, cluster = ''] = /cluster: "([^"]+)"/.exec(program.stdout) ?? [];
    const commands = [...README.matchAll(/```sh\n((?:id=\$\()?curl [\s\S]*?)```/g)].map((match) =>
      (match[1] ?? '').replaceAll('http://127.0.0.1:4000', url).replaceAll('us-east-1-edge', cluster),
    );
    expect(commands).toHaveLength(5);
    // A subscription goes on until somebody ends it; one that waits ends by itself.
    const bounded = commands.map((command) => command.replace('curl ', `curl --max-time ${command.includes('rolloutWait') ? 30 : 2} `));
    const script = bounded.map((command) => `echo "--- next"; ${command}`).join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    const [, fleet, pods, start, wait, rollback] = stdout.split('--- next');
    for (const answer of [fleet, pods, wait, rollback]) expect(answer).toContain('"data":');
    expect(stdout).not.toContain('"errors"');
    expect(start?.trim()).toBe('');
    expect(wait).toMatch(/"met":true,"rollout":\{"phase":"WAITING"/);
    expect(rollback).toContain('"rolloutRollback":{"rollout":{"phase":"ROLLING_BACK"},"userErrors":[]}');
  }, 90_000);
});

describe('token holders', () => {
  it('get in with their token, see what is theirs, and nobody else gets in', async () => {
    await using program = new Program([...SMALL, '--auth', 'token-review']);
    const { graphql = '', token, tokens } = await program.ready();
    const ask = async (bearer: string | undefined) => {
      const headers = { 'content-type': 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) };
      const response = await fetch(graphql, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: '{ viewer { name } podCounts(groupBy: [NAMESPACE]) { total groups { namespace } } }' }),
      });
      return { status: response.status, ...(await response.json()) };
    };
    expect(token).toBe(tokens['admin']);
    expect(await ask(undefined)).toMatchObject({ status: 401 });
    expect(await ask('made-up')).toMatchObject({ status: 401 });
    const admin = await ask(tokens['admin']);
    const shop = await ask(tokens['team-shop']);
    expect(admin.data.viewer.name).toBe('admin');
    expect(shop.data.podCounts.groups).toEqual([{ namespace: 'shop' }]);
    expect(admin.data.podCounts.total).toBeGreaterThan(shop.data.podCounts.total);
  });

  it('are told that a kind is forbidden, and not that a namespace of theirs is empty', async () => {
    await using program = new Program([...SMALL, '--auth', 'token-review']);
    const { graphql = '', tokens } = await program.ready();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens['team-shop']}` };
    const query = '{ events { totalCount parts { problem } } clusterNodes { totalCount parts { problem } } }';
    const { data } = await (await fetch(graphql, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
    expect(data.events.parts).toEqual([]);
    expect(data.clusterNodes).toEqual({ totalCount: 0, parts: [{ problem: 'FORBIDDEN' }, { problem: 'FORBIDDEN' }] });
  });
});

describe('only the simulated API servers', () => {
  it('serve anybody who trusts their certificate and has a token', async () => {
    await using program = new Program([
      'simulate',
      'clusters=1,pods=20',
      '--ready-file',
      '{dir}/ready.json',
      '--write-kubeconfig',
      '{dir}/kubeconfig',
    ]);
    const { url, tokens, kubeconfig } = await program.ready();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(tokens).toHaveProperty('admin');
    await using gateway = new Program(['--kubeconfig', kubeconfig ?? '', '--port', '0', '--ready-file', '{dir}/ready.json']);
    await gateway.ready();
    expect(gateway.stdout).toMatch(/Fleet: 1 cluster, \d+ nodes, \d+ pods; writes go to this cluster as admin\./);
  });
});
