import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/runtime/clock.ts';
import type { ReadyFile } from '../../src/server/ready-file.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The executable as a child process; disposing ends it, whatever state it is in. */
export class Program implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'fleetgraph-program-'));
  readonly readyFile = join(this.directory, 'ready.json');
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.directory, ...environment };
    this.#child = spawn(process.execPath, [MAIN, ...args.map((arg) => arg.replace('{dir}', this.directory))], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = new Promise((resolve) => this.#child.once('close', (code) => resolve(code)));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What the ready file says; fails with what the program wrote when it ends before. */
  async ready(limitMs = 30_000): Promise<ReadyFile> {
    const deadline = systemClock.monotonic() + limitMs;
    while (!existsSync(this.readyFile)) {
      if (this.#child.exitCode !== null) throw new Error(`ended with ${this.#child.exitCode}: ${this.stderr}`);
      if (systemClock.monotonic() > deadline) throw new Error(`not ready within ${limitMs} ms: ${this.stderr}`);
      await systemClock.sleep(20);
    }
    return JSON.parse(readFileSync(this.readyFile, 'utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
