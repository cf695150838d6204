import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Comparison, compareAtPosition, differenceFromNow } from './comparison.ts';
import type { FollowedCluster } from './followed-cluster.ts';

const CATCH_UP_MS = 60_000;

/** Comparisons of one story, counted by what came of them. */
export class Tally {
  readonly #all: Comparison[] = [];

  get equal(): number {
    return this.#count('equal');
  }

  /** Different positions of pods at which the copy was equal. */
  get positions(): number {
    const equal = this.#all.filter(({ verdict, kind }) => verdict === 'equal' && kind === 'pods');
    return new Set(equal.map(({ position }) => position)).size;
  }

  /** Compares one kind at its position; throws with the differences when the copy lies. */
  async compare(followed: FollowedCluster, resource = 'pods'): Promise<Comparison> {
    const kind = followed.kind(resource);
    if (kind === undefined) throw new Error(`${resource} is not followed\n${followed.describe()}`);
    const comparison = await compareAtPosition(followed, kind);
    this.#all.push(comparison);
    if (comparison.verdict === 'different') expect.fail(`${JSON.stringify(comparison, null, 1).slice(0, 3_000)}\n${followed.describe()}`);
    return comparison;
  }

  async compareAll(followed: FollowedCluster): Promise<void> {
    for (const { resource } of followed.kinds) await this.compare(followed, resource);
  }

  /** For a cluster at rest: every kind becomes what a list taken now says. On the way there no copy may lie. */
  async untilSameAsNow(followed: FollowedCluster, timeoutMs = CATCH_UP_MS): Promise<void> {
    for (const deadline = performance.now() + timeoutMs; ; await sleep(250)) {
      const differences: string[] = [];
      for (const kind of followed.kinds) {
        const difference = await differenceFromNow(followed, kind);
        if (difference !== undefined) differences.push(difference);
      }
      if (differences.length === 0) break;
      if (performance.now() > deadline)
        expect.fail(`not caught up within ${timeoutMs} ms: ${differences.join('; ')}\n${followed.describe()}`);
      await this.compareAll(followed);
    }
    await this.compareAll(followed);
  }

  /** E.g. `equal 104 (17 while not LIVE), ahead 2, unknown 0; objects 1480 to 1500`. */
  describe(): string {
    const notLive = this.#all.filter(({ verdict, state }) => verdict === 'equal' && state !== 'LIVE').length;
    const sizes = this.#all.filter(({ kind }) => kind === 'pods').map(({ objects }) => objects);
    const range = sizes.length === 0 ? 'none' : `${Math.min(...sizes)} to ${Math.max(...sizes)}`;
    return `equal ${this.equal} (${notLive} while not LIVE), at ${this.positions} positions of pods, ahead ${this.#count('ahead')}, unknown ${this.#count('unknown')}; pods ${range}`;
  }

  count(isSo: (comparison: Comparison) => boolean): number {
    return this.#all.filter(isSo).length;
  }

  #count(verdict: Comparison['verdict']): number {
    return this.count((comparison) => comparison.verdict === verdict);
  }
}
