import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HopelessError, until } from './until.ts';

const killAfterMs = 5_000;
const logTailLines = 30;

export interface ComponentSpec {
  /** Names the log file and error messages, e.g. "east-kube-apiserver". */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A running program of a control plane. It dies with this process, however that ends. */
export class Component {
  readonly name: string;
  readonly logPath: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor(spec: ComponentSpec) {
    this.name = spec.name;
    this.logPath = spec.logPath;
    const log = openSync(spec.logPath, 'a', 0o600);
    this.#child = spawn(spec.program, spec.args, {
      // A session of its own keeps Ctrl-C on a terminal from reaching it: it is stopped in order.
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...spec.env, CONTROLPLANE_PARENT_PID: String(process.pid) },
    });
    closeSync(log);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#child.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for `probe`; fails at once, with the end of the log, when the component has exited. */
  async waitUntilReady(timeoutMs: number, probe: () => Promise<boolean>): Promise<void> {
    try {
      await until(`${this.name} ready`, { timeoutMs, everyMs: 25 }, async () => {
        if (this.hasExited) throw new HopelessError(`${this.name} exited (${this.#exitReason()})`);
        return probe();
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.logTail()}`, { cause: error });
    }
  }

  logTail(): string {
    const lines = readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-logTailLines);
    return `last lines of ${this.logPath}:\n${lines.join('\n')}`;
  }

  /** Resolves when the process is gone: asked by `signal`, killed when that takes longer than 5 s. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.hasExited) return;
    this.#child.ref();
    this.#child.kill(signal);
    const grace = new AbortController();
    const kill = sleep(killAfterMs, undefined, { signal: grace.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await this.#exited;
    grace.abort();
    await kill;
  }

  #exitReason(): string {
    return this.#child.signalCode ?? `code ${this.#child.exitCode ?? 'unknown'}`;
  }
}
