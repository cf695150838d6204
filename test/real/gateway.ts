import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HopelessError, until } from '../controlplane/until.ts';
import { type GraphqlAddress, GraphqlClient } from './graphql-client.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 12_000;
const keptLogCharacters = 20_000;

export interface GatewayOptions {
  readonly kubeconfigPath: string;
  /** Labels of clusters by name, as the configuration file gives them. */
  readonly clusterLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Further options of the program. */
  readonly args?: readonly string[];
}

/** The gateway as people run it: a process of its own, which ends with the test. */
export class GatewayProcess implements AsyncDisposable {
  readonly address: GraphqlAddress & { readonly url: string };
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #log: { text: string };

  private constructor(child: ChildProcess, directory: string, log: { text: string }, address: GatewayProcess['address']) {
    this.#child = child;
    this.#directory = directory;
    this.#log = log;
    this.address = address;
  }

  /** Resolves once the ready file is there; throws with the end of its log when it ends before. */
  static async start({ kubeconfigPath, clusterLabels, args = [] }: GatewayOptions): Promise<GatewayProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'fleetgraph-gateway-'));
    const readyFile = join(directory, 'ready.json');
    const configFile = join(directory, 'config.yaml');
    const clusters = Object.entries(clusterLabels ?? {}).map(([name, labels]) => ({ name, labels }));
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify({ clusters }));
    const options = ['--kubeconfig', kubeconfigPath, '--port', '0', '--config', configFile, '--ready-file', readyFile, '--log', 'json'];
    const child = spawn(process.execPath, [main, 'serve', ...options, ...args], {
      // What it keeps, it keeps in its own folder unless told where.
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: directory },
    });
    const log = { text: '' };
    child.stderr?.on('data', (chunk: Buffer) => {
      log.text = (log.text + chunk.toString()).slice(-keptLogCharacters);
    });
    try {
      const address = await until('the gateway ready', { timeoutMs: readyTimeoutMs }, async () => {
        if (hasExited(child)) throw new HopelessError(`the gateway ended with ${child.exitCode ?? child.signalCode}: ${log.text}`);
        return JSON.parse(await readFile(readyFile, 'utf8')) as GatewayProcess['address'];
      });
      return new GatewayProcess(child, directory, log, address);
    } catch (error) {
      child.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
      throw new Error(`the gateway did not become ready; its log ends with: ${log.text}`, { cause: error });
    }
  }

  /** The end of what it wrote to standard error. */
  get log(): string {
    return this.#log.text;
  }

  /** SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await until('the gateway gone', { timeoutMs: stopTimeoutMs, everyMs: 5 }, async () => hasExited(this.#child));
    await rm(this.#directory, { recursive: true, force: true });
  }

  client(token?: string): GraphqlClient {
    return new GraphqlClient(this.address, token);
  }

  /** Asks it to end and returns its exit code; one that does not end in time is killed, and that throws. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    try {
      await until('the gateway ended', { timeoutMs: stopTimeoutMs }, async () => hasExited(this.#child));
      return this.#child.exitCode;
    } finally {
      this.#child.kill('SIGKILL');
      await rm(this.#directory, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
