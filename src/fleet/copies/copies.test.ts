import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aDefinition } from '../../../test/support/a-fleet.ts';
import { aPod } from '../../../test/support/a-pod.ts';
import { minutes, seconds } from '../../../test/support/an-object.ts';
import { ScriptedApiServer } from '../../../test/support/scripted-api-server.ts';
import { NAMESPACES, NODES, PODS } from '../../../test/support/served-kinds.ts';
import { ApiError } from '../../kube/api-error.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { seededRandom } from '../../runtime/random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { InMemoryGraphStore } from '../../store/in-memory-graph-store.ts';
import { type Fleet, startFleet } from '../fleet.ts';
import { type CopyFiles, DirectoryCopies } from './copy-files.ts';

/** Files in memory whose writing may be cut off after so many bytes, as when the process is killed. */
class MemoryCopies implements CopyFiles {
  readonly files = new Map<string, Buffer>();
  discarded = 0;
  reads = 0;

  read(cluster: string): AsyncIterable<Uint8Array> | undefined {
    this.reads += 1;
    const bytes = this.files.get(cluster);
    return bytes && inPieces(bytes);
  }

  async write(cluster: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const written: Uint8Array[] = [];
    for await (const piece of pieces) written.push(piece);
    this.files.set(cluster, Buffer.concat(written));
  }

  async discard(cluster: string): Promise<void> {
    this.discarded += 1;
    this.files.delete(cluster);
  }
}

/** One disk that writes a piece after the other, whoever they are of. */
class SlowCopies extends MemoryCopies {
  static readonly pieceMs = 250;
  #last: Promise<void> = Promise.resolve();

  override async write(cluster: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await super.write(cluster, this.#slowly(pieces));
  }

  async *#slowly(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of pieces) {
      this.#last = this.#last.then(() => clock.sleep(SlowCopies.pieceMs));
      await this.#last;
      yield piece;
    }
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  const size = Math.max(100, bytes.length >>> 7);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Files of which the first that is read does not come before it is let. */
class HeldCopies implements CopyFiles {
  isAsked = false;
  release: () => void = () => {};
  readonly #files: CopyFiles;
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(files: CopyFiles) {
    this.#files = files;
  }

  async read(cluster: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    this.isAsked = true;
    await this.#released;
    return this.#files.read(cluster);
  }

  write(cluster: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#files.write(cluster, pieces);
  }

  discard(cluster: string): Promise<void> {
    return this.#files.discard(cluster);
  }
}

let clock: VirtualClock;
let server: ScriptedApiServer;
let files: MemoryCopies;

/** One life of the process: what it held at its start is what the copy gave it. */
interface Life extends AsyncDisposable {
  readonly store: InMemoryGraphStore;
  readonly fleet: Fleet;
}

function live(copies: CopyFiles = files): Life {
  const store = new InMemoryGraphStore({ now: () => clock.now() });
  const options = { store, clock, random: seededRandom(4), logger: silentLogger, copies };
  const fleet = startFleet({ ...options, definitions: [aDefinition('dev', server)] });
  return { store, fleet, [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose]() };
}

const pods = ({ store }: Life) => [...(store.cluster('dev')?.pods.all() ?? [])].map((pod) => `${pod.name}@${pod.resourceVersion}`).sort();
const sync = ({ store }: Life) => store.cluster('dev')?.record.sync;
const untilLive = (life: Life) => clock.advanceUntil(() => sync(life)?.state === 'LIVE', minutes(2));
const truth = () =>
  server
    .objects(PODS)
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort();

function put(name: string, text = 'odd'): void {
  const pod = aPod(name).label('__proto__', text).object();
  server.put(PODS, { ...pod, metadata: { ...pod.metadata, uid: `uid-${name}` } });
}

/** A first life that keeps a copy; then the world goes on without us. */
async function firstLife(): Promise<void> {
  const life = live();
  await untilLive(life);
  await life.fleet[Symbol.asyncDispose]();
  server.requests.length = 0;
}

beforeEach(() => {
  clock = new VirtualClock();
  server = new ScriptedApiServer(clock, [NAMESPACES, PODS, NODES]);
  files = new MemoryCopies();
  for (const name of ['a', 'b', 'c']) put(name);
});

describe('R38 a restart', () => {
  it('R38 resumes watches from where the copy stood, without a list, and hears what happened meanwhile', async () => {
    await firstLife();
    put('d');
    server.remove(PODS, 'a', 'shop');
    await using life = live();
    await untilLive(life);
    expect(pods(life)).toEqual(truth());
    expect(server.fullLists(PODS)).toEqual([]);
  });

  it('R38 reads a copy once, or again when it is too long to be held meanwhile, and brings back the same', async () => {
    await firstLife();
    const { length } = files.files.get('dev') ?? [];
    files.reads = 0;
    {
      await using life = live();
      await untilLive(life);
      expect([pods(life), files.reads]).toEqual([truth(), 1]);
    }
    for (let at = 0; at < 5; at += 1) put(`${at}`, String(at).repeat(1 << 20));
    await firstLife();
    expect(files.files.get('dev')?.length).toBeGreaterThan((length ?? 0) + (5 << 20));
    files.reads = 0;
    await using life = live();
    await untilLive(life);
    expect([pods(life), files.reads, server.fullLists(PODS)]).toEqual([truth(), 2, []]);
  });

  it('R38 I8 shows the copy with its age until the server has confirmed it', async () => {
    await firstLife();
    await clock.advanceBy(minutes(30));
    const keptAt = clock.now() - minutes(30);
    server.latencyMs = 2_000;
    await using life = live();
    await clock.advanceUntil(() => pods(life).length === 3, seconds(10));
    await clock.advanceUntil(() => sync(life)?.state === 'STALE', seconds(10));
    expect(Math.abs((sync(life)?.staleSince ?? 0) - keptAt)).toBeLessThan(seconds(10));
    await untilLive(life);
  });

  it('R38 lists when the history has been compacted past the copy, with exactly the missing removals', async () => {
    await firstLife();
    server.remove(PODS, 'a', 'shop');
    put('d');
    server.compact();
    put('e');
    await using life = live();
    await untilLive(life);
    expect(pods(life)).toEqual(truth());
    expect(server.fullLists(PODS)).toHaveLength(1);
  });

  it('R38 R4 takes the server’s state when that was restored to before the copy', async () => {
    const backup = server.backup();
    put('d');
    await firstLife();
    server.restore(backup);
    await using life = live();
    await untilLive(life);
    await clock.advanceUntil(() => pods(life).join() === truth().join(), minutes(1));
  });

  it('R38 believes nothing of a copy of another cluster under the same name', async () => {
    await firstLife();
    server.systemUid = 'rebuilt';
    server.script = ({ verb }) => (verb === 'list' || verb === 'watch' ? 'hang' : undefined);
    await using life = live();
    await clock.advanceBy(seconds(20));
    expect([pods(life), files.discarded]).toEqual([[], 1]);
  });

  it('R38 believes nothing of a copy that is a day old, or from the future', async () => {
    await firstLife();
    const kept = new Map(files.files);
    await clock.advanceBy(minutes(25 * 60));
    server.script = ({ verb }) => (verb === 'list' || verb === 'watch' ? 'hang' : undefined);
    {
      await using life = live();
      await clock.advanceBy(seconds(20));
      expect([pods(life), files.discarded]).toEqual([[], 1]);
    }
    clock = new VirtualClock(Date.UTC(2025, 0, 1));
    const early = new ScriptedApiServer(clock, [NAMESPACES, PODS, NODES]);
    early.script = server.script;
    server = early;
    for (const [cluster, bytes] of kept) files.files.set(cluster, bytes);
    await using life = live();
    await clock.advanceBy(seconds(20));
    expect([pods(life), files.discarded]).toEqual([[], 2]);
  });

  it('R38 believes nothing of a copy that was cut off at any byte, or changed at any', async () => {
    await firstLife();
    const whole = files.files.get('dev') ?? Buffer.alloc(0);
    const { verifyCopy } = await import('./copy-format.ts');
    expect(await verifyCopy(inPieces(whole))).toMatchObject({ cluster: 'dev', systemUid: 'system-uid' });
    for (let length = 0; length < whole.length; length += 1) expect(await verifyCopy(inPieces(whole.subarray(0, length)))).toBeUndefined();
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await verifyCopy(inPieces(changed))).toBeUndefined();
    }
  });

  it('R38 keeps a copy every few minutes, and one that cannot be written harms nobody', async () => {
    const life = live();
    await untilLive(life);
    expect(files.files.size).toBe(0);
    await clock.advanceBy(minutes(8));
    expect(files.files.size).toBe(1);
    await life.fleet[Symbol.asyncDispose]();
    const full: CopyFiles = { read: () => undefined, write: () => Promise.reject(new Error('no space left')), discard: async () => {} };
    await using other = live(full);
    await untilLive(other);
    await clock.advanceBy(minutes(20));
    expect(sync(other)?.state).toBe('LIVE');
  });
});

describe('R38 a restart in trouble', () => {
  it('R38 I2 brings nobody back when the cluster told who it is only after it was listed', async () => {
    await firstLife();
    server.remove(PODS, 'a', 'shop');
    put('d');
    const denied = new ApiError('forbidden', 'no roles yet', { status: 403 });
    server.script = ({ verb }) => (verb === 'get' ? denied : undefined);
    await using life = live();
    await untilLive(life);
    server.script = () => undefined;
    await clock.advanceBy(minutes(12));
    expect(pods(life)).toEqual(truth());
    expect(files.files.size).toBe(1);
  });

  it('R38 does not go on from where records were that it has let go of', async () => {
    await firstLife();
    const { served } = server;
    server.served = served.filter(({ resource }) => resource !== 'pods');
    await using life = live();
    await untilLive(life);
    expect(pods(life)).toEqual([]);
    server.served = served;
    await clock.advanceUntil(() => pods(life).join() === truth().join(), minutes(10));
  });

  it('R38 R23 drops what it brings back when another cluster answers meanwhile', async () => {
    await firstLife();
    const held = new HeldCopies(files);
    await using life = live(held);
    await clock.advanceUntil(() => held.isAsked, minutes(1));
    server.systemUid = 'rebuilt';
    server.remove(PODS, 'a', 'shop');
    await clock.advanceUntil(() => sync(life)?.state === 'LIVE', minutes(12));
    held.release();
    await clock.advanceBy(minutes(1));
    expect(pods(life)).toEqual(truth());
    expect(sync(life)?.state).toBe('LIVE');
  });

  it('R38 I8 does not make anything younger by keeping it again', async () => {
    const life = live();
    await untilLive(life);
    const trueUntil = clock.now();
    const broken = new ApiError('server-error', 'broken', { status: 500 });
    server.script = ({ verb, resource }) => (resource === 'pods' && (verb === 'list' || verb === 'watch') ? broken : undefined);
    server.cut();
    await clock.advanceBy(minutes(300));
    await life.fleet[Symbol.asyncDispose]();
    await using next = live();
    await clock.advanceUntil(() => sync(next)?.staleSince !== undefined, minutes(5));
    expect(Math.abs((sync(next)?.staleSince ?? 0) - trueUntil)).toBeLessThan(minutes(1));
    expect(pods(next)).toHaveLength(3);
  });

  it('R33 R38 a disk that hangs does not hold up the end', async () => {
    const hung: CopyFiles = { read: () => undefined, write: () => new Promise<never>(() => {}), discard: async () => {} };
    const life = live(hung);
    await untilLive(life);
    let hasEnded = false;
    const ended = life.fleet[Symbol.asyncDispose]().then(() => {
      hasEnded = true;
    });
    await clock.advanceUntil(() => hasEnded, minutes(1));
    await ended;
  });

  it('R38 keeps again what it has brought back, also where nothing has happened since', async () => {
    await firstLife();
    await firstLife();
    await using life = live();
    await untilLive(life);
    expect([pods(life), server.fullLists(PODS)]).toEqual([truth(), []]);
  });
});

it('R38 a large fleet that stops in a hurry keeps some copies whole rather than all of them in part', async () => {
  const copies = new SlowCopies();
  const store = new InMemoryGraphStore({ now: () => clock.now() });
  const servers = Array.from({ length: 30 }, (_, at) =>
    Object.assign(new ScriptedApiServer(clock, [NAMESPACES, PODS]), { systemUid: `uid-${at}` }),
  );
  const definitions = servers.map((one, at) => aDefinition(`c${at}`, one));
  const fleet = startFleet({ store, clock, random: seededRandom(4), logger: silentLogger, copies, definitions });
  await clock.advanceUntil(() => store.clusters().every(({ record }) => record.sync.state === 'LIVE'), minutes(2));
  const stopped = fleet[Symbol.asyncDispose]();
  await clock.advanceBy(seconds(15));
  await stopped;
  expect(copies.files.size).toBeGreaterThanOrEqual(10);
  expect(copies.files.size).toBeLessThan(30);
});

describe('R38 files', () => {
  it('R38 hold the last copy that was written whole, whatever happens to the next', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'copies-'));
    try {
      const copies = new DirectoryCopies(directory);
      const content = async () => {
        const pieces: Uint8Array[] = [];
        for await (const piece of (await copies.read('a/../b')) ?? []) pieces.push(piece);
        return Buffer.concat(pieces).toString();
      };
      expect(await copies.read('a/../b')).toBeUndefined();
      await copies.write('a/../b', inPieces(Buffer.from('first')));
      const torn = async function* () {
        yield Buffer.from('sec');
        throw new Error('killed');
      };
      await expect(copies.write('a/../b', torn())).rejects.toThrow('killed');
      expect([await content(), (await readdir(directory)).length]).toEqual(['first', 1]);
      await copies.write('a/../b', inPieces(Buffer.from('second')));
      expect(await content()).toBe('second');
      await copies.discard('a/../b');
      expect(await readdir(directory)).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
