import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Burst } from './page-server.ts';

/** A second process that serves prebuilt pages over loopback. */
export interface PageServer extends Disposable {
  /** Of a cluster, by its number from 0. */
  url(cluster: number): string;
  send(burst: Burst): void;
}

export async function startPageServer(pods: number, pageSize = 500): Promise<PageServer> {
  const child = fork(pathOf('./page-server.ts'), [String(pods), String(pageSize)], { execArgv: ['--max-old-space-size=4096'] });
  const { port } = await nextMessage<{ port: number }>(child);
  return {
    url: (cluster) => `http://127.0.0.1:${port}/c/${cluster}`,
    send: (burst) => child.send(burst),
    [Symbol.dispose]: () => void child.kill(),
  };
}

export interface MeasuringOptions {
  /** Relative to this folder. */
  readonly script: string;
  readonly arguments: readonly (string | number)[];
  readonly timeoutMs?: number;
  readonly maxOldSpaceMiB?: number;
  /** Not ours: in a process as Node starts it, without the flags that the program is started with. */
  readonly isPeer?: boolean;
  /** Messages other than the result. */
  readonly onMessage?: (message: { readonly type: string }) => void;
}

/** Runs one measurement in a process of its own and returns the message with which it ends. Throws when it fails. */
export function measure<T>(options: MeasuringOptions): Promise<T> {
  const flags = options.isPeer === true ? [] : programFlags();
  const execArgv = ['--expose-gc', `--max-old-space-size=${options.maxOldSpaceMiB ?? 4_096}`, ...flags];
  const child = fork(pathOf(options.script), options.arguments.map(String), { execArgv, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr = `${stderr}${String(chunk)}`.slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 240_000);
    child.on('message', (message: { readonly type: string }) => {
      if (message.type !== 'result') options.onMessage?.(message);
      else resolve(message as T);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`${options.script} ${options.arguments.join(' ')} ended with ${signal ?? code}: ${stderr.trim().slice(-600)}`));
    });
  });
}

/** Of Node, as `npm start` gives them. */
function programFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`the page server ended with ${code}`)));
  });
}

function pathOf(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url));
}
