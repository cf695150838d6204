import { type FileHandle, open } from 'node:fs/promises';
import type { AuditEvent } from './cluster-client.ts';

/** Follows an audit log: each look reads only what was written since, and understands only lines that contain `word`. */
export class AuditTail implements AsyncDisposable {
  readonly #file: Promise<FileHandle>;
  readonly #word: string;
  readonly #events: AuditEvent[] = [];
  #offset = 0;
  #rest = '';

  constructor(path: string, word: string) {
    this.#file = open(path);
    this.#file.catch(() => {});
    this.#word = word;
  }

  /** All so far. One look at a time. */
  async look(): Promise<readonly AuditEvent[]> {
    const file = await this.#file;
    const { size } = await file.stat();
    if (size === this.#offset) return this.#events;
    const buffer = Buffer.alloc(size - this.#offset);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
    this.#offset += bytesRead;
    const lines = (this.#rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.includes(this.#word)) this.#events.push(JSON.parse(line) as AuditEvent);
    return this.#events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#file).close();
  }
}
