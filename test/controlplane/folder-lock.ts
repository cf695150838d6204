import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 500;
/** A folder without an owner's name that stays so this long belongs to a process that died in between. */
const namelessMs = 5_000;

/** Runs `work` while no other process on this machine holds the lock; a dead holder's lock is taken over. */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function take(path: string): Promise<void> {
  let namelessSinceAt: number | undefined;
  for (let look = 0; ; look++) {
    if (await create(path)) return;
    const owner = await ownerOf(path);
    namelessSinceAt = owner === undefined ? (namelessSinceAt ?? performance.now()) : undefined;
    const isNameless = namelessSinceAt !== undefined && performance.now() - namelessSinceAt > namelessMs;
    if (isNameless || (owner !== undefined && !isAlive(owner))) {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    if (look === 0) process.stderr.write(`controlplane: waiting for process ${owner ?? 'unknown'}, which holds ${path}\n`);
    await sleep(lookEveryMs);
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(path, 'pid'), String(process.pid));
  return true;
}

async function ownerOf(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(join(path, 'pid'), 'utf8').catch(() => ''));
  return pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
