import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { connectContext } from './connect-context.ts';
import { inClusterContext } from './in-cluster.ts';
import { contextsOf } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { selfSigned, type TestCertificate } from './testing/certificates.ts';
import { answer, type StubCall, StubServer } from './testing/stub-server.ts';

let folder: string;
let certificate: TestCertificate;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kubeconfig-'));
  certificate = await selfSigned();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let written = 0;

async function write(content: unknown, name = `config-${written}`): Promise<string> {
  written += 1;
  const file = path.join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
}

interface Given {
  readonly name?: string;
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly context?: Record<string, unknown>;
}

function config(...all: readonly Given[]) {
  const named = all.map((given, at) => ({ name: given.name ?? `c${at}`, ...given }));
  return {
    apiVersion: 'v1',
    kind: 'Config',
    contexts: named.map(({ name, context }) => ({ name, context: { cluster: `${name}-cluster`, user: `${name}-user`, ...context } })),
    clusters: named.map(({ name, cluster }) => ({ name: `${name}-cluster`, cluster: { server: 'https://10.0.0.1:6443', ...cluster } })),
    users: named.map(({ name, user }) => ({ name: `${name}-user`, user: user ?? {} })),
  };
}

async function failure(work: Promise<unknown>): Promise<KubeconfigError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KubeconfigError);
  const message = (error as KubeconfigError).message;
  expect(message).not.toContain('\n');
  return error as KubeconfigError;
}

describe('contextsOf', () => {
  it('gives every context of every file, or those that are named, in their order', async () => {
    const one = await write(config({ name: 'a' }, { name: 'b', cluster: { server: 'https://b:1/clusters/b' } }));
    const two = await write(config({ name: 'c', context: { namespace: 'shop' } }));
    expect((await contextsOf([one, two])).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const [c, b] = await contextsOf([one, two], ['c', 'b']);
    expect(c).toMatchObject({ name: 'c', source: two, namespace: 'shop', userName: 'c-user', insecureSkipTlsVerify: false });
    expect(b).toMatchObject({ name: 'b', server: 'https://b:1/clusters/b' });
  });

  it('lets each file have its own user of the same name', async () => {
    const one = await write(config({ name: 'a', user: { token: 'one' }, context: { user: 'admin' } }));
    const two = await write(config({ name: 'b', user: { token: 'two' }, context: { user: 'admin' } }));
    await expect(contextsOf([one, two])).rejects.toThrow(/names the user "admin", which the file does not have/);
  });

  it('reads YAML as well as JSON, and paths relative to the file', async () => {
    await mkdir(path.join(folder, 'sub'), { recursive: true });
    await writeFile(path.join(folder, 'sub', 'ca.pem'), certificate.ca);
    const file = await write(
      'contexts:\n- name: x\n  context: {cluster: x, user: x}\nclusters:\n- name: x\n  cluster:\n    server: https://x\n    certificate-authority: ca.pem\nusers:\n- name: x\n  user: {token: abc}\n',
      'sub/config',
    );
    expect(await contextsOf([file])).toMatchObject([
      { name: 'x', ca: { file: path.join(folder, 'sub', 'ca.pem') }, user: { token: 'abc' } },
    ]);
  });

  it.each<{ name: string; content: unknown; names?: string[]; says: RegExp }>([
    { name: 'a file that is not YAML', content: 'a: [\n  token: s3cret', says: /line \d+ is not YAML/ },
    { name: 'a file that is no map', content: '- s3cret', says: /is not a map/ },
    { name: 'another kind', content: { kind: 'Secret' }, says: /has the kind "Secret"/ },
    { name: 'no contexts', content: { kind: 'Config' }, says: /there are no contexts/ },
    { name: 'an unknown context', content: config({ name: 'a' }), names: ['z'], says: /there is no context "z"; choose one of: a/ },
    { name: 'the same context twice', content: config({ name: 'a' }, { name: 'a' }), says: /context "a" is there twice/ },
    { name: 'an unknown cluster', content: config({ context: { cluster: 'z' } }), says: /names the cluster "z"/ },
    { name: 'no cluster', content: config({ context: { cluster: '' } }), says: /names no cluster/ },
    { name: 'no server', content: config({ cluster: { server: '' } }), says: /has no server/ },
    { name: 'a server that is no address', content: config({ cluster: { server: 'ftp://s3cret' } }), says: /no http\(s\) address/ },
    {
      name: 'a server with a password',
      content: config({ cluster: { server: 'https://a:s3cret@b' } }),
      says: /more than host, port and path/,
    },
    { name: 'a proxy', content: config({ cluster: { 'proxy-url': 'http://p' } }), says: /proxy-url, which is not supported/ },
    {
      name: 'an authority that is not PEM',
      content: config({ cluster: { 'certificate-authority-data': 's3cret' } }),
      says: /not base64 of PEM/,
    },
    {
      name: 'an authority and no verification',
      content: config({ cluster: { 'certificate-authority': 'x', 'insecure-skip-tls-verify': true } }),
      says: /keep one/,
    },
    {
      name: 'a file that is not there',
      content: config({ cluster: { 'certificate-authority': 'nowhere.pem' } }),
      says: /nowhere\.pem \(certificate-authority\), which cannot be read/,
    },
    { name: 'a certificate without a key', content: config({ user: { 'client-certificate': 'x' } }), says: /no client-key/ },
    { name: 'a number for a token', content: config({ user: { token: 12345 } }), says: /token that is not text/ },
    { name: 'groups without a user', content: config({ user: { 'as-groups': ['a'] } }), says: /without as/ },
    {
      name: 'an unknown auth provider',
      content: config({ user: { 'auth-provider': { name: 'x' } } }),
      says: /auth-provider that is none of/,
    },
    {
      name: 'a plugin without a command',
      content: config({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1' } } }),
      says: /has no command/,
    },
    {
      name: 'a plugin of an old version',
      content: config({ user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } } }),
      says: /apiVersion that is neither/,
    },
    {
      name: 'a plugin that needs a terminal',
      content: config({ user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Always' } } }),
      says: /terminal/,
    },
  ])('refuses $name in one line that names the file and quotes no value', async ({ content, names, says }) => {
    const file = await write(content);
    const { message } = await failure(contextsOf([file], names));
    expect(message).toMatch(says);
    expect(message.startsWith(`${file}: `)).toBe(true);
    expect(message).not.toContain('s3cret');
  });

  it('does not look into contexts that are not asked for', async () => {
    const file = await write(config({ name: 'good' }, { name: 'bad', cluster: { server: '' } }));
    expect(await contextsOf([file], ['good'])).toHaveLength(1);
  });

  it('says which file cannot be read, and where a name is there again', async () => {
    const nowhere = path.join(folder, 'nowhere');
    expect((await failure(contextsOf([nowhere]))).message).toBe(
      `${nowhere}: the file cannot be read (ENOENT); name a kubeconfig file that you may read`,
    );
    const [one, two] = [await write(config({ name: 'a' })), await write(config({ name: 'a' }))];
    expect((await failure(contextsOf([one, two]))).message).toContain(`also in ${two}`);
  });
});

describe('inClusterContext', () => {
  it("is the pod's service account", async () => {
    const account = path.join(folder, 'account');
    await mkdir(account);
    await Promise.all([
      writeFile(`${account}/ca.crt`, certificate.ca),
      writeFile(`${account}/token`, 'abc\n'),
      writeFile(`${account}/namespace`, 'shop\n'),
    ]);
    const context = await inClusterContext({ host: 'fd00::1', port: '443' }, 'home', account);
    expect(context).toMatchObject({
      name: 'home',
      server: 'https://[fd00::1]:443',
      namespace: 'shop',
      user: { tokenFile: `${account}/token` },
    });
  });

  it('says what is missing outside a pod', async () => {
    expect((await failure(inClusterContext({ host: undefined, port: undefined }))).message).toMatch(/KUBERNETES_SERVICE_HOST/);
    expect((await failure(inClusterContext({ host: 'h', port: '1' }, 'x', folder))).message).toMatch(/cannot be read/);
  });
});

describe('connectContext', () => {
  const version = (call: StubCall) => answer(call, 200, { gitVersion: 'v1.36.3' });
  const options = { clock: systemClock, userAgent: 'fleetgraph/test' };

  async function calling(user: Record<string, unknown>, run: (stub: StubServer, file: string) => Promise<void>): Promise<StubServer> {
    await using stub = await StubServer.start(version, { certificate, acceptsClientCertificates: true });
    const authority = { 'certificate-authority-data': Buffer.from(certificate.ca).toString('base64') };
    await run(stub, await write(config({ name: 'x', cluster: { server: stub.url, ...authority }, user })));
    return stub;
  }

  async function once(file: string): Promise<void> {
    const [context] = await contextsOf([file]);
    if (context === undefined) throw new Error('no context');
    const server = connectContext(context, options);
    expect(await server.version()).toEqual({ gitVersion: 'v1.36.3' });
    await server.close();
  }

  const authorization = (stub: StubServer, at = 0) => stub.calls[at]?.headers.find(([name]) => name === 'authorization')?.[1];

  it.each([
    { name: 'a token', user: { token: 'abc' }, expected: 'Bearer abc' },
    { name: 'a password', user: { username: 'ann', password: 'ä:b' }, expected: `Basic ${Buffer.from('ann:ä:b').toString('base64')}` },
    { name: 'nothing', user: {}, expected: undefined },
  ])('presents $name', async ({ user, expected }) => {
    const stub = await calling(user, async (_stub, file) => once(file));
    expect(authorization(stub)).toBe(expected);
  });

  it('acts as the kubeconfig\'s "as", with all its groups', async () => {
    const as = { as: 'alice', 'as-groups': ['devs', 'ops'], 'as-uid': 'u-1', 'as-user-extra': { scope: ['a', 'b'] } };
    const stub = await calling({ token: 't', ...as }, async (_stub, file) => once(file));
    expect(stub.calls[0]?.headers.filter(([name]) => name.startsWith('impersonate-'))).toEqual([
      ['impersonate-user', 'alice'],
      ['impersonate-uid', 'u-1'],
      ['impersonate-group', 'devs'],
      ['impersonate-group', 'ops'],
      ['impersonate-extra-scope', 'a'],
      ['impersonate-extra-scope', 'b'],
    ]);
  });

  it('presents a certificate, from data or from files', async () => {
    const me = await selfSigned({ commonName: 'ann' });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const data = await calling({ 'client-certificate-data': base64(me.cert), 'client-key-data': base64(me.key) }, async (_stub, file) =>
      once(file),
    );
    const [cert, key] = [await write(me.cert), await write(me.key)];
    const files = await calling({ 'client-certificate': cert, 'client-key': key }, async (_stub, file) => once(file));
    expect([data.calls[0]?.clientName, files.calls[0]?.clientName]).toEqual(['ann', 'ann']);
  });

  it('reads a token file and a certificate file again, after a while or when they are refused', async () => {
    const clock = new VirtualClock();
    const token = await write('one\n');
    const stub = await calling({ tokenFile: token }, async (running, file) => {
      const [context] = await contextsOf([file]);
      if (context === undefined) throw new Error('no context');
      const server = connectContext(context, { ...options, clock });
      await server.version();
      await writeFile(token, 'two\n');
      await server.version();
      await clock.advanceBy(60_000);
      await server.version();
      await writeFile(token, 'three\n');
      running.handler = (call) =>
        authorization(running, running.calls.length - 1) === 'Bearer three' ? version(call) : answer(call, 401, {});
      await server.version();
      await server.close();
    });
    expect(stub.calls.map((_, at) => authorization(stub, at))).toEqual([
      'Bearer one',
      'Bearer one',
      'Bearer two',
      'Bearer two',
      'Bearer three',
    ]);
  });

  it('R20 runs a plugin once for many callers, tells it about the cluster, and again when its token is refused', async () => {
    const log = path.join(folder, 'runs');
    const plugin = await write(
      `#!/bin/sh\nsleep 0.1\necho "$KUBERNETES_EXEC_INFO $GREETING" >> "${log}"\nn=$(wc -l < "${log}")\necho "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"t$n\\",\\"expirationTimestamp\\":\\"2099-01-01T00:00:00Z\\"}}"\n`,
      'plugin.sh',
    );
    await chmod(plugin, 0o700);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin.sh',
      args: null,
      env: [{ name: 'GREETING', value: 'hello' }],
      interactiveMode: 'Never',
      provideClusterInfo: true,
    };
    const stub = await calling({ exec }, async (running, file) => {
      const [context] = await contextsOf([file]);
      if (context === undefined) throw new Error('no context');
      const server = connectContext(context, options);
      await Promise.all(Array.from({ length: 20 }, () => server.version()));
      running.handler = (call) =>
        authorization(running, running.calls.length - 1) === 'Bearer t1' ? answer(call, 401, {}) : version(call);
      await Promise.all(Array.from({ length: 10 }, () => server.version()));
      await server.close();
    });
    const runs = (await readFile(log, 'utf8')).trim().split('\n');
    expect(runs).toHaveLength(2);
    expect(runs[0]?.endsWith(' hello')).toBe(true);
    expect(JSON.parse(runs[0]?.replace(/ hello$/, '') ?? '')).toMatchObject({
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: expect.stringContaining('https://127.0.0.1:') } },
    });
    expect(new Set(stub.calls.map((_, at) => authorization(stub, at)))).toEqual(new Set(['Bearer t1', 'Bearer t2']));
  });

  it('R20 does not mix up the plugins of users with the same name in two files', async () => {
    const exec = (token: string) => ({
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'echo',
      args: [JSON.stringify({ kind: 'ExecCredential', status: { token } })],
    });
    const one = await calling({ exec: exec('one') }, async (_stub, file) => once(file));
    const two = await calling({ exec: exec('two') }, async (_stub, file) => once(file));
    expect([authorization(one), authorization(two)]).toEqual(['Bearer one', 'Bearer two']);
  });

  it('says in one line why there is no credential', async () => {
    const failing = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'echo please log in >&2; exit 1'] };
    await calling({ exec: failing }, async (_stub, file) => {
      await expect(once(file)).rejects.toMatchObject({
        code: 'unauthorized',
        reason: 'CredentialsUnavailable',
        message: 'the credential plugin failed: please log in',
      });
    });
    await calling({ exec: { ...failing, command: 'no-such-program' } }, async (_stub, file) => {
      await expect(once(file)).rejects.toMatchObject({ code: 'unauthorized', reason: 'CredentialsUnavailable' });
    });
  });
});
