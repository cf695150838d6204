import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { storyAt, storyWrite, tellStory } from '../testing/write-story.ts';
import { History } from './history.ts';
import { ObjectStore } from './object-store.ts';
import { openSqliteStorage } from './sqlite-storage.ts';
import { type Storage, volatileStorage } from './storage.ts';
import { StorageError } from './storage-error.ts';

const STORY = new URL('../testing/write-story.ts', import.meta.url).href;

let directory = '';
let file = '';
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), 'sqlite-storage-')), 'data');
  file = path.join(directory, 'hub.db');
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

const open = () => openSqliteStorage({ directory });
const contents = (storage: Storage) => new Map([...storage.load().objects].map(({ key, object }) => [key, object]));

function refusal(action: () => unknown): StorageError {
  try {
    action();
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
  throw new Error('no refusal');
}

function told(revisions: number): void {
  tellStory(directory, revisions, () => {});
}

describe('SQLite storage', () => {
  it('keeps objects and the revision over a restart', () => {
    told(120);
    const storage = open();
    expect(storage.load().revision).toBe(120);
    expect(contents(storage)).toEqual(storyAt(120));
    storage.close();
  });

  it('keeps the directory and the files to their owner', () => {
    const storage = open();
    storage.write(storyWrite(1));
    const modes = [directory, file, `${file}-wal`].map((name) => statSync(name).mode & 0o777);
    storage.close();
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  it('agrees with memory after any writes and restarts', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ put: fc.integer({ min: 0, max: 6 }), value: fc.json() }) },
      { weight: 2, arbitrary: fc.record({ remove: fc.integer({ min: 0, max: 6 }) }) },
      { weight: 1, arbitrary: fc.constant({ restart: true }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        rmSync(directory, { recursive: true, force: true });
        const memory = storeOn(volatileStorage());
        let store = storeOn(open());
        for (const { put, value, remove, restart } of steps as { put?: number; value?: string; remove?: number; restart?: true }[]) {
          if (put !== undefined) for (const each of [memory, store]) each.put('things', `n/${put}`, thing(put, value));
          if (remove !== undefined) for (const each of [memory, store]) each.remove('things', `n/${remove}`);
          if (restart) store.close();
          if (restart) store = storeOn(open());
        }
        store.close();
        store = storeOn(open());
        expect([...store.entries('things')]).toEqual([...memory.entries('things')]);
        expect(store.revision).toBe(memory.revision);
        store.close();
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a write that would go back, and goes on', () => {
    const storage = open();
    storage.write(storyWrite(1));
    expect(() => storage.write(storyWrite(1))).toThrow(/not newer/);
    storage.write(storyWrite(2));
    expect(contents(storage)).toEqual(storyAt(2));
    storage.close();
  });
});

describe('a disk that takes no more', () => {
  it('refuses the write, which then has not happened, and harms nothing before it', () => {
    const code = `
      import { tellStory } from '${STORY}';
      let last = 0;
      try { tellStory(process.argv[1], 1e9, (revision) => { last = revision; }); }
      catch (error) { console.log(JSON.stringify({ last, code: error.code, message: error.message })); }
    `;
    // In blocks of 512 bytes.
    const limited = ['-c', 'ulimit -f 2000; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', code, directory];
    const { last, ...error } = JSON.parse(spawnSync('sh', limited, { encoding: 'utf8' }).stdout) as { last: number };
    expect(error).toMatchObject({ code: 'server-error', message: expect.stringContaining('the storage refuses the write') });
    const storage = open();
    expect(storage.load().revision).toBe(last);
    expect(contents(storage)).toEqual(storyAt(last));
    storage.write(storyWrite(last + 1));
    storage.close();
  });
});

describe('opening', () => {
  it('lets one in at a time within a process', () => {
    const storage = open();
    expect(refusal(open)).toMatchObject({ code: 'locked', file });
    storage.write(storyWrite(1));
    storage.close();
    open().close();
  });

  it('lets one process in at a time, also after a second try of the first one', () => {
    const storage = open();
    expect(refusal(open).code).toBe('locked');
    const other = openElsewhere();
    storage.close();
    expect(other).toMatch(/^locked .*hub\.db: is in use by another process.*--data-dir/);
    expect(openElsewhere()).toBe('opened');
  });

  it.each([
    { name: 'text', bytes: Buffer.from('kind: Rollout\n'.repeat(20)), code: 'foreign' },
    { name: 'a short text', bytes: Buffer.from('hi'), code: 'foreign' },
    { name: 'nothing', bytes: Buffer.alloc(0), code: 'damaged' },
    { name: 'the beginning of a header', bytes: Buffer.from('SQLite format 3\0\u0010'), code: 'damaged' },
  ])('refuses a file that holds $name and leaves it as it is', ({ bytes, code }) => {
    told(1);
    writeFileSync(file, bytes);
    const error = refusal(open);
    expect(error).toMatchObject({ code, file });
    expect(error.message).toContain(error.remedy);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it("refuses another program's database", () => {
    told(1);
    rmSync(file);
    new DatabaseSync(file).exec('create table theirs (a)');
    expect(refusal(open)).toMatchObject({ code: 'foreign', file });
  });

  it('refuses a file of a newer version', () => {
    told(1);
    inside('pragma user_version = 2');
    expect(refusal(open)).toMatchObject({ code: 'newer', message: expect.stringContaining('schema version 2') });
  });

  it('refuses a file that was cut at any of many places', () => {
    told(200);
    const whole = `${directory}-whole`;
    cpSync(directory, whole, { recursive: true });
    const { size } = statSync(file);
    for (let at = 1; at < 40; at += 1) {
      truncateSync(file, Math.floor((size * at) / 40));
      expect(refusal(open), `cut at ${at}/40`).toMatchObject({ code: 'damaged', file });
      cpSync(whole, directory, { recursive: true });
    }
    open().close();
  });

  it('refuses an object that was altered', () => {
    told(3);
    inside("update objects set object = replace(object, 'ConfigMap', 'ConfigNap')");
    const storage = open();
    expect(refusal(() => storage.load())).toMatchObject({ code: 'damaged', message: expect.stringContaining('not what was written') });
    storage.close();
  });

  it('refuses a log without its file', () => {
    told(1);
    writeFileSync(`${file}-wal`, 'x');
    rmSync(file);
    expect(refusal(open)).toMatchObject({ code: 'damaged' });
  });

  it('names a directory that cannot be made', () => {
    writeFileSync(directory, 'a file');
    expect(refusal(open)).toMatchObject({ code: 'unusable', message: expect.stringContaining('hub.db') });
  });
});

describe('a process that is killed', () => {
  const KILLS = 60;

  it(`${KILLS} times at any moment loses nothing that it acknowledged`, { timeout: 120_000 }, async () => {
    const random = seededRandom(11);
    let survived = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Now and then a new directory, so that the making of the file is hit too.
      if (kill % 6 === 5) rmSync(directory, { recursive: true, force: true });
      if (kill % 6 === 5) survived = 0;
      const acknowledged = await killedWriter(survived + random.int(60), random.int(12));
      const storage = open();
      const { revision } = storage.load();
      expect(revision).toBeGreaterThanOrEqual(Math.max(acknowledged, survived));
      expect(revision).toBeLessThanOrEqual(Math.max(acknowledged, survived) + 1);
      expect(contents(storage)).toEqual(storyAt(revision));
      storage.close();
      survived = revision;
    }
  });

  /** Kills a writer a few milliseconds after it acknowledged `revision`; returns the last one it acknowledged. */
  function killedWriter(revision: number, afterMs: number): Promise<number> {
    const code = `
      import { writeSync } from 'node:fs';
      import { tellStory } from '${STORY}';
      writeSync(1, '0\\n');
      tellStory(process.argv[1], 1e9, (revision) => writeSync(1, revision + '\\n'));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    let isDue = false;
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (isDue || lastOf(told) < revision) return;
      isDue = true;
      setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    return new Promise((resolve) => child.on('close', () => resolve(lastOf(told))));
  }

  const lastOf = (lines: string) => Number(lines.slice(0, lines.lastIndexOf('\n')).split('\n').at(-1) ?? 0);
});

const thing = (name: number, value: unknown = '') => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: `${name}`, namespace: 'n' },
  value,
});

function storeOn(storage: Storage): ObjectStore {
  const clock = new VirtualClock();
  return new ObjectStore(storage, (compactedRevision) => new History({ clock, maxChanges: 10, maxAgeMs: 1_000, compactedRevision }));
}

function inside(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}

function openElsewhere(): string {
  const storage = new URL('./sqlite-storage.ts', import.meta.url).href;
  const code = `
    import { openSqliteStorage } from '${storage}';
    try { openSqliteStorage({ directory: process.argv[1] }).close(); console.log('opened'); }
    catch (error) { console.log(error.code, error.message); }
  `;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code, directory], { encoding: 'utf8' }).stdout.trim();
}
