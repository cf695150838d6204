/**
 * Runs the steps of the Dockerfile without a container engine and shows that they hold: a clean checkout
 * installs, compiles, and serves as another user from files it cannot write, until its health check passes
 * and SIGTERM ends it with 0. The steps are read from the Dockerfile, so the two cannot drift apart.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

interface Stage {
  readonly name: string;
  readonly lines: readonly { readonly instruction: string; readonly rest: string }[];
}

const repository = fileURLToPath(new URL('..', import.meta.url));
const nodeFolder = dirname(process.execPath);
const START_LIMIT_MS = 60_000;

function parseDockerfile(text: string): Stage[] {
  const stages: { name: string; lines: { instruction: string; rest: string }[] }[] = [];
  for (const line of text.split('\n').filter((candidate) => candidate !== '' && !candidate.startsWith('#'))) {
    const [instruction = '', ...words] = line.split(' ');
    const rest = words.join(' ');
    if (instruction === 'FROM') stages.push({ name: / AS (\S+)/.exec(rest)?.[1] ?? 'final', lines: [] });
    else stages.at(-1)?.lines.push({ instruction, rest });
  }
  return stages;
}

function sh(command: string, cwd: string): void {
  console.log(`RUN ${command}`);
  const result = spawnSync('bash', ['-euc', command], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${nodeFolder}:${process.env['PATH']}` },
  });
  if (result.status !== 0) throw new Error(`step failed: ${command}`);
}

/** Applies FROM..., WORKDIR, COPY and RUN under `root`. Absolute paths of the image are paths below it. */
function build(stage: Stage, root: string, roots: ReadonlyMap<string, string>, context: string): string {
  let workdir = root;
  for (const { instruction, rest } of stage.lines) {
    if (instruction === 'WORKDIR') {
      workdir = join(root, rest);
      mkdirSync(workdir, { recursive: true });
    } else if (instruction === 'COPY') {
      const words = rest.split(' ');
      const from = words[0]?.startsWith('--from=') ? roots.get(words.shift()?.slice('--from='.length) ?? '') : context;
      const target = words.pop() ?? '.';
      if (from === undefined) throw new Error(`no such stage: ${rest}`);
      for (const source of words) {
        const isFolderTarget = target.endsWith('/');
        cpSync(join(from, source), isFolderTarget ? join(workdir, target, source.split('/').at(-1) ?? '') : join(workdir, target), {
          recursive: true,
        });
      }
    } else if (instruction === 'RUN') {
      // The image's own folders are made below the root, by whoever runs this.
      sh(rest.replace(/-o \d+ -g \d+ /, '').replaceAll(' /var/', ` ${root}/var/`), workdir);
    }
  }
  return workdir;
}

function jsonOf(stage: Stage, instruction: string): string[] {
  const rest = stage.lines.find((line) => line.instruction === instruction)?.rest ?? '[]';
  return JSON.parse(rest.slice(rest.indexOf('[')));
}

async function untilHealthy(
  app: string,
  port: string,
  [node = '', ...healthcheck]: readonly string[],
  server: ChildProcess,
): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline && server.exitCode === null) {
    const probe = spawnSync(node, healthcheck, { cwd: app, env: { FLEETGRAPH_PORT: port } });
    if (probe.status === 0) return;
    await sleep(250);
  }
  throw new Error('the health check never passed');
}

const folder = mkdtempSync(join(tmpdir(), 'fleetgraph-image-'));
let server: ChildProcess | undefined = undefined as ChildProcess | undefined;
try {
  const context = join(folder, 'context');
  sh(`git clone --quiet --no-hardlinks ${repository} ${context}`, folder);
  const stages = parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
  const roots = new Map<string, string>();
  let app = folder;
  for (const stage of stages) {
    const root = join(folder, stage.name);
    // COPY --from names absolute paths of the other stage.
    app = build(stage, root, roots, context);
    roots.set(stage.name, root);
  }
  const final = stages.at(-1);
  if (final === undefined) throw new Error('the Dockerfile has no stage');
  if (existsSync(join(app, 'node_modules/typescript'))) throw new Error('development packages are in the image');
  const data = join(folder, 'final/var/lib/fleetgraph');
  sh(`chmod -R a-w ${app}`, folder);
  const [user = '65532'] = (final.lines.find((line) => line.instruction === 'USER')?.rest ?? '').split(':');
  const asOther: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: Number(user), gid: Number(user) } : {};
  if (asOther.uid !== undefined) {
    chownSync(data, asOther.uid, asOther.gid ?? asOther.uid);
    for (const path of [folder, join(folder, 'final')]) chmodSync(path, 0o755);
  }
  // The image's own Node stands in its own tree: this one may lie where the other user cannot go.
  const node = join(folder, 'final/usr/local/bin/node');
  cpSync(process.execPath, node);
  const port = '4870';
  // The simulated fleet stands in for clusters; everything else is as the image starts it.
  const command = [...jsonOf(final, 'ENTRYPOINT'), ...jsonOf(final, 'CMD')]
    .slice(1)
    .map((word) => word.replace('/var/lib/fleetgraph', data));
  server = spawn(node, [...command, '--simulate=clusters=2,pods=100,seed=1', '--port', port], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { NODE_ENV: 'production' },
    ...asOther,
  });
  server.stdout?.resume();
  await untilHealthy(app, port, [node, ...jsonOf(final, 'HEALTHCHECK').slice(1)], server);
  const ended = new Promise<number | null>((resolve) => server?.once('exit', resolve));
  server.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`SIGTERM ended it with ${code}, not 0`);
  console.log(
    `image: built from a clean checkout, healthy as user ${asOther.uid ?? 'of this shell'} from read-only files, ended by SIGTERM with 0`,
  );
} finally {
  if (server?.exitCode === null && server.signalCode === null) server.kill('SIGKILL');
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}
