import type { ObjectRecord } from '../../model/object-record.ts';
import { apiVersionOf, type GroupResource, groupResourceOf, type Resource } from '../../model/resource.ts';
import type { ResourceVersion } from '../../model/resource-version.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ClusterStore } from '../../store/graph-store.ts';
import { collectionOf } from '../records-of.ts';
import type { CopyFiles } from './copy-files.ts';
import { type CopyHead, encodeCopy, type KindPosition, recordsOfCopy, verifyCopy } from './copy-format.ts';
import { HeldPieces } from './held-pieces.ts';

export interface ClusterCopyOptions {
  readonly cluster: string;
  readonly files: CopyFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** As it is held now; undefined when it has left. */
  readonly held: () => ClusterStore | undefined;
}

/** Where a kind may go on from. */
export interface ResumePoint {
  readonly resourceVersion: ResourceVersion;
  readonly apiVersion: string;
  readonly trueAt: number;
}

/** A kind whose copy has been true. */
export interface SyncedKind {
  readonly resource: Resource;
  /** When it was last. Milliseconds since 1970. */
  readonly trueAt: number;
}

/** No server keeps its history for as long; and what is that old helps nobody. */
const MAX_AGE_MS = 24 * 3_600_000;
/** Records written and read in one go: a few milliseconds, for each of the copies that are being read. */
const AT_A_TIME = 128;
/** A copy that is not longer is read once; a longer one again when it is known to be whole. */
const HELD_BYTES = 4 << 20;

export interface Restoration {
  /** Asked before each of the calls that follow. */
  isWanted(): boolean;
  restore(records: readonly ObjectRecord[]): void;
}

/** Keeps what is held of one cluster on disk, and brings it back after a restart if it is of that cluster, whole and recent. */
export class ClusterCopy {
  readonly #options: ClusterCopyOptions;

  constructor(options: ClusterCopyOptions) {
    this.#options = options;
  }

  /**
   * Hands what was kept to `restore`, some records at a time, and returns where each kind may go on from. Nothing of
   * a copy that is foreign, torn, too old or from the future is believed: then the map is empty. Never throws.
   */
  async bringBack(systemUid: string, { isWanted, restore }: Restoration): Promise<ReadonlyMap<GroupResource, ResumePoint>> {
    const { cluster, files, clock, logger } = this.#options;
    try {
      const pieces = await files.read(cluster);
      if (pieces === undefined) return new Map();
      const held = new HeldPieces(HELD_BYTES);
      const head = await verifyCopy(held.passing(pieces));
      const flaw = this.#flawOf(head, systemUid);
      if (head === undefined || flaw !== undefined) {
        logger.info('a kept copy is discarded', { why: flaw });
        await files.discard(cluster);
        return new Map();
      }
      for await (const records of recordsOfCopy(held.pieces ?? (await again(files, cluster)))) {
        if (!isWanted()) return new Map();
        restore(records);
        await clock.yield();
      }
      return new Map(head.kinds.map((kind) => [kind.resource, kind]));
    } catch (error) {
      logger.warn('a kept copy could not be read', { error: String(error).slice(0, 200) });
      return new Map();
    }
  }

  /** Keeps what is held of these kinds. Gives up, with the copy before in place, when `signal` fires. Never throws. */
  async keep(systemUid: string, synced: readonly SyncedKind[], signal: AbortSignal): Promise<boolean> {
    const { cluster, files, clock, logger, held } = this.#options;
    const kinds = positionsOf(
      held(),
      synced.filter(({ trueAt }) => clock.now() - trueAt <= MAX_AGE_MS),
    );
    if (kinds.length === 0 || signal.aborted) return false;
    const epochs = this.#epochs(kinds);
    try {
      const head: CopyHead = { cluster, systemUid, at: clock.now(), kinds };
      await files.write(cluster, encodeCopy(head, this.#records(kinds, epochs, signal)));
      return true;
    } catch (error) {
      if (!(error instanceof Abandoned)) logger.warn('a copy could not be kept', { error: String(error).slice(0, 200) });
      return false;
    }
  }

  #flawOf(head: CopyHead | undefined, systemUid: string): string | undefined {
    const { cluster, clock } = this.#options;
    if (head === undefined) return 'torn, or of another form';
    if (head.cluster !== cluster || head.systemUid !== systemUid) return 'of another cluster';
    const ageMs = clock.now() - head.at;
    return ageMs < 0 || ageMs > MAX_AGE_MS ? 'too old' : undefined;
  }

  /**
   * Positions come first: records read later may be newer, and what the watch tells again from there changes nothing
   * of them. A history that went back meanwhile makes all of it worthless.
   */
  async *#records(kinds: readonly KindPosition[], epochs: string, signal: AbortSignal): AsyncGenerator<ObjectRecord[], void, undefined> {
    const { clock, held } = this.#options;
    for (const { resource } of kinds) {
      for (const namespace of [...(this.#collection(resource)?.namespaces() ?? [])]) {
        const records = [...(this.#collection(resource)?.inNamespace(namespace) ?? [])];
        for (let at = 0; at < records.length; at += AT_A_TIME) {
          yield records.slice(at, at + AT_A_TIME);
          await clock.yield();
          if (signal.aborted || held() === undefined) throw new Abandoned();
        }
      }
    }
    if (this.#epochs(kinds) !== epochs) throw new Abandoned();
  }

  #collection(resource: GroupResource) {
    const cluster = this.#options.held();
    return cluster === undefined ? undefined : collectionOf(cluster, resource);
  }

  #epochs(kinds: readonly KindPosition[]): string {
    return kinds.map(({ resource }) => this.#options.held()?.position(resource)?.epoch ?? -1).join();
  }
}

class Abandoned extends Error {}

function positionsOf(cluster: ClusterStore | undefined, synced: readonly SyncedKind[]): KindPosition[] {
  return synced.flatMap(({ resource, trueAt }) => {
    const key = groupResourceOf(resource);
    const position = cluster?.position(key);
    if (cluster === undefined || position === undefined || collectionOf(cluster, key) === undefined) return [];
    return [{ resource: key, apiVersion: apiVersionOf(resource), resourceVersion: position.resourceVersion, trueAt }];
  });
}

async function again(files: CopyFiles, cluster: string): Promise<AsyncIterable<Uint8Array>> {
  const pieces = await files.read(cluster);
  if (pieces === undefined) throw new Error('the copy went away while it was read');
  return pieces;
}
