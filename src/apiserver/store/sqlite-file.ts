import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { damagedError, foreignError, lockedError, newerError, storageErrorOf } from './sqlite-errors.ts';

/** "FLGR": tells our files from other SQLite databases. */
const APPLICATION_ID = 0x464c4752;
const SCHEMA_VERSION = 1;

const SCHEMA = `
  create table objects (
    collection text not null,
    key text not null,
    revision integer not null,
    checksum integer not null,
    object text not null,
    primary key (collection, key)
  ) strict;
  create table state (id integer primary key check (id = 1), revision integer not null) strict;
  insert into state values (1, 0);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};
`;

/**
 * Files that this process has open. Asked before a file is touched: closing any descriptor of a file drops the
 * locks that this process holds on it.
 */
const openFiles = new Set<string>();

export interface OpenFile extends Disposable {
  readonly database: DatabaseSync;
  readonly file: string;
}

/**
 * Opens `directory`/`name`.db, creating what is missing (directory 0700, file 0600), for this process alone: the
 * operating system holds the lock and drops it when the process ends, however it ends. Throws `StorageError`.
 */
export function openSqliteFile(directory: string, name: string): OpenFile {
  const named = path.resolve(directory, `${name}.db`);
  try {
    ensureDirectory(path.dirname(named));
    const file = path.join(realpathSync(path.dirname(named)), path.basename(named));
    if (openFiles.has(file)) throw lockedError(file);
    if (!existsSync(file)) createFile(file);
    chmodSync(file, 0o600);
    checkHeader(file);
    return register(file, openDatabase(file));
  } catch (error) {
    throw storageErrorOf(named, error);
  }
}

function register(file: string, database: DatabaseSync): OpenFile {
  openFiles.add(file);
  removeLeftovers(file);
  return {
    database,
    file,
    [Symbol.dispose]() {
      if (!openFiles.delete(file)) return;
      database.close();
    },
  };
}

function ensureDirectory(directory: string): void {
  if (existsSync(directory)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  sync(path.dirname(directory));
}

/** Made whole under another name and then linked, so that a file with the right name is never half made. */
function createFile(file: string): void {
  if (existsSync(`${file}-wal`)) throw damagedError(file, 'it is missing, and its write-ahead log is still there');
  const draft = `${file}.new-${process.pid}`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  const database = new DatabaseSync(draft);
  try {
    database.exec(`pragma synchronous = full; begin; ${SCHEMA} commit;`);
  } finally {
    database.close();
  }
  publish(draft, file);
}

function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    sync(path.dirname(file));
  } catch (error) {
    // Another process was faster: its file is as good, and its lock decides.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What processes left behind that were killed while they made the file. */
function removeLeftovers(file: string): void {
  const directory = path.dirname(file);
  const prefix = `${path.basename(file)}.new-`;
  for (const entry of readdirSync(directory)) if (entry.startsWith(prefix)) rmSync(path.join(directory, entry), { force: true });
}

function sync(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/** Looks without SQLite, which would change a file that is not ours. Source: sqlite.org/fileformat.html, 1.3. */
function checkHeader(file: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header, 0, HEADER_BYTES, 0);
  closeSync(descriptor);
  if (length === 0) throw damagedError(file, 'it is empty');
  if (header.toString('latin1', 0, Math.min(length, 16)) !== MAGIC.slice(0, length)) throw foreignError(file);
  if (length < HEADER_BYTES) throw damagedError(file, 'it ends within its header');
  if (header.readUInt32BE(68) !== APPLICATION_ID) throw foreignError(file);
  const version = header.readUInt32BE(60);
  if (version > SCHEMA_VERSION) throw newerError(file, version, SCHEMA_VERSION);
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // In this order: exclusive before the first look at the log, so that no shared memory is used and the lock is kept.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; begin exclusive; commit;');
    const damage = database.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (damage !== 'ok') throw damagedError(file, String(damage));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
