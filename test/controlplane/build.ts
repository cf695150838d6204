import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFolderLock } from './folder-lock.ts';
import { kruiseManifest } from './kruise-manifest.ts';

/** Of k8s.io/kubernetes in go/cplane/go.mod. */
export const kubernetesVersion = 'v1.36.3';
const kwokVersion = 'v0.8.0';

/** Part of the cache's key, next to the Go sources: raise it when something in this file changes what is built. */
const recipe = '1';

const goFolder = join(import.meta.dirname, 'go');
const progressEveryMs = 30_000;
const run = promisify(execFile);

export interface Binaries {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler, KWOK: the first argument picks one. */
  readonly cplane: string;
  readonly kruiseManager: string;
  /** JSON list of `ManifestObject`s. */
  readonly kruiseManifest: string;
}

/**
 * The programs of a control plane, built from the modules in `go/` unless the cache has them.
 * Takes some ten minutes on two cores when nothing is cached; says so on standard error.
 * Of several processes that ask at once, one builds and the others wait.
 */
export async function buildBinaries(): Promise<Binaries> {
  const folder = join(cacheRoot(), await sourceHash());
  if (!(await exists(folder))) {
    await mkdir(cacheRoot(), { recursive: true });
    await withFolderLock(`${folder}.lock`, async () => {
      if (!(await exists(folder))) await buildInto(folder);
    });
  }
  return binariesIn(folder);
}

function binariesIn(folder: string): Binaries {
  return {
    cplane: join(folder, 'cplane'),
    kruiseManager: join(folder, 'kruise-manager'),
    kruiseManifest: join(folder, 'kruise-manifest.json'),
  };
}

function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'fleetgraph', 'controlplane');
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(`${recipe} ${process.platform} ${process.arch}\n`);
  const entries = await readdir(goFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`${file.slice(goFolder.length)}\n`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 20);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Nobody ever sees a half-filled folder: it gets its name when it is complete. */
async function buildInto(folder: string): Promise<void> {
  await requireTool('go', ['version'], `Install Go 1.26 or newer (https://go.dev/dl), or put ready-made binaries into ${folder}.`);
  await requireTool('kubectl', ['version', '--client'], 'Install it: https://kubernetes.io/docs/tasks/tools/.');
  const unfinished = `${folder}.building`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const binaries = binariesIn(unfinished);
  await goBuild('cplane', binaries.cplane, cplaneFlags());
  await goBuild('kruise', binaries.kruiseManager, '-s -w');
  await writeFile(binaries.kruiseManifest, JSON.stringify(await kruiseManifest(join(goFolder, 'kruise'))));
  await rename(unfinished, folder);
}

async function requireTool(tool: string, args: string[], remedy: string): Promise<void> {
  try {
    await run(tool, args);
  } catch (error) {
    throw new Error(`real control planes cannot be built: \`${tool}\` does not work here. ${remedy}`, { cause: error });
  }
}

/** They make the server say its version, as a release build does. */
function cplaneFlags(): string {
  const [major, minor] = kubernetesVersion.slice(1).split('.');
  const version = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map(
    (unit) =>
      `-X ${unit}.gitVersion=${kubernetesVersion} -X ${unit}.gitMajor=${major ?? ''} -X ${unit}.gitMinor=${minor ?? ''} -X ${unit}.gitTreeState=clean`,
  );
  return ['-s -w', ...version, `-X sigs.k8s.io/kwok/pkg/consts.Version=${kwokVersion}`].join(' ');
}

async function goBuild(module: string, output: string, linkerFlags: string): Promise<void> {
  const startedAt = performance.now();
  const say = (text: string) => process.stderr.write(`controlplane: ${module} ${text}\n`);
  const elapsed = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;
  say('is being built; the first time takes some minutes');
  const progress = setInterval(() => say(`is still being built, ${elapsed()}`), progressEveryMs);
  try {
    await spawnGo(join(goFolder, module), ['build', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-o', output, '.']);
    say(`built in ${elapsed()}`);
  } finally {
    clearInterval(progress);
  }
}

function spawnGo(module: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = spawn('go', args, {
      cwd: module,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    });
    go.once('error', reject);
    go.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`go ${args[0] ?? ''} failed in ${module}`))));
  });
}
