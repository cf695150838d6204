import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { KubeObject } from '../../model/kube-object.ts';
import { internalError } from '../status.ts';
import { damagedError, storageErrorOf } from './sqlite-errors.ts';
import { type OpenFile, openSqliteFile } from './sqlite-file.ts';
import type { Storage, StorageContents, StoredWrite } from './storage.ts';

export interface SqliteStorageOptions {
  readonly directory: string;
  /** The file is `directory`/`name`.db; default "hub". */
  readonly name?: string;
}

/**
 * Objects in one SQLite file, open to one process at a time. Throws `StorageError` when the file cannot be opened or
 * is not whole. A write is one transaction, synced to the disk before it returns.
 */
export function openSqliteStorage({ directory, name = 'hub' }: SqliteStorageOptions): Storage {
  const open = openSqliteFile(directory, name);
  try {
    return new SqliteStorage(open);
  } catch (error) {
    open[Symbol.dispose]();
    throw storageErrorOf(open.file, error);
  }
}

interface Row {
  readonly collection: string;
  readonly key: string;
  readonly revision: number;
  readonly checksum: number;
  readonly object: string;
}

class SqliteStorage implements Storage {
  readonly #open: OpenFile;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #advance: StatementSync;

  constructor(open: OpenFile) {
    this.#open = open;
    const { database } = open;
    this.#put = database.prepare('insert or replace into objects values (:collection, :key, :revision, :checksum, :object)');
    this.#remove = database.prepare('delete from objects where collection = :collection and key = :key');
    this.#advance = database.prepare('update state set revision = :revision where revision < :revision');
  }

  load(): StorageContents {
    const { database, file } = this.#open;
    try {
      const revision = Number(database.prepare('select revision from state').get()?.['revision']);
      if (!Number.isSafeInteger(revision)) throw damagedError(file, 'its revision is missing');
      const rows = database.prepare('select * from objects order by collection, key').all() as unknown as Row[];
      return { revision, objects: rows.map((row) => this.#entry(row, revision)) };
    } catch (error) {
      throw storageErrorOf(file, error);
    }
  }

  write(write: StoredWrite): void {
    const { database } = this.#open;
    try {
      database.exec('begin immediate');
      this.#apply(write);
      database.exec('commit');
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec('rollback');
      throw internalError(`the storage refuses the write (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  close(): void {
    this.#open[Symbol.dispose]();
  }

  #apply({ revision, collection, key, object }: StoredWrite): void {
    if (object === undefined) this.#remove.run({ collection, key });
    else this.#put.run({ collection, key, revision, ...sealed(object) });
    if (this.#advance.run({ revision }).changes !== 1) throw new Error(`revision ${revision} is not newer than the last one`);
  }

  #entry({ collection, key, revision, checksum, object }: Row, last: number): { collection: string; key: string; object: KubeObject } {
    const isWhole = revision <= last && crc32(object) === checksum;
    if (!isWhole) throw damagedError(this.#open.file, `${collection} ${key} is not what was written`);
    return { collection, key, object: JSON.parse(object) as KubeObject };
  }
}

function sealed(object: KubeObject): { object: string; checksum: number } {
  const text = JSON.stringify(object);
  return { object: text, checksum: crc32(text) };
}
