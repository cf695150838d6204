import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the copies of clusters outlive the process. */
export interface CopyFiles {
  /** The bytes of the last copy that was written whole; undefined when there is none. May be called again to read again. */
  read(cluster: string): AsyncIterable<Uint8Array> | undefined | Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Replaces the copy when `pieces` have come to their end; the one before stays when they throw. */
  write(cluster: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  discard(cluster: string): Promise<void>;
}

/** One file for each cluster in `directory`, which is made when it is needed. Readable by the owner only: copies tell what runs where. */
export class DirectoryCopies implements CopyFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async read(cluster: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const file = await open(this.#path(cluster), 'r');
      return file.createReadStream({ highWaterMark: 1 << 18 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(cluster: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(cluster);
    const temporary = `${path}.new`;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'w', 0o600);
    try {
      for await (const piece of pieces) await file.write(piece);
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await file.close();
    await rename(temporary, path);
    await this.#syncDirectory();
  }

  async discard(cluster: string): Promise<void> {
    await rm(this.#path(cluster), { force: true });
  }

  /** The rename itself must last. */
  async #syncDirectory(): Promise<void> {
    const directory = await open(this.#directory, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  /** Names of clusters may hold anything, and be longer than names of files. */
  #path(cluster: string): string {
    return join(this.#directory, `${createHash('sha256').update(cluster).digest('hex').slice(0, 40)}.copy`);
  }
}
