import type { Clock } from '../../runtime/clock.ts';
import { type ClientCertificate, isSameCertificate } from './transport.ts';

/** What proves to a cluster who we are. */
export interface Credential {
  /** The value of the Authorization header. */
  readonly authorization?: string;
  readonly certificate?: ClientCertificate;
}

export interface Credentials {
  /** What to present now. Throws `ApiError` when there is nothing to present. */
  current(): Promise<Credential>;
  /** The server answered 401 to `refused`: the next `current` fetches anew, unless that has been done since. */
  invalidate(refused: Credential): void;
}

/** A credential that never changes. */
export function staticCredentials(credential: Credential): Credentials {
  return { current: () => Promise.resolve(credential), invalidate: () => {} };
}

export function isSameCredential(a: Credential, b: Credential): boolean {
  return a.authorization === b.authorization && isSameCertificate(a.certificate, b.certificate);
}

export interface RefreshOptions {
  readonly clock: Clock;
  /** How long a fetched credential is used before it is fetched again. */
  readonly maxAgeMs: number;
  /** `renewed`: what was fetched before has been refused, so nothing remembered may be used. */
  readonly fetch: (renewed: boolean) => Promise<Credential>;
}

/** A credential that is refused although it is new: forty watches that retry must not run a plugin each time. */
const MIN_RENEWAL_MS = 5_000;

/**
 * Fetches a credential, once for all who wait, and keeps it for a while. When fetching fails, what was
 * fetched before is used on, unless the server has refused it.
 */
export class RefreshedCredentials implements Credentials {
  readonly #options: RefreshOptions;
  #held: { readonly credential: Credential; readonly fetchedAt: number } | undefined;
  #isRefused = false;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<Credential> | undefined;

  constructor(options: RefreshOptions) {
    this.#options = options;
  }

  async current(): Promise<Credential> {
    if (this.#held !== undefined && this.#ageMs(this.#held) < this.#options.maxAgeMs) return this.#held.credential;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  invalidate(refused: Credential): void {
    const now = this.#options.clock.monotonic();
    const isHeld = this.#held !== undefined && isSameCredential(this.#held.credential, refused);
    if (!isHeld || now - this.#renewedAt < MIN_RENEWAL_MS) return;
    this.#renewedAt = now;
    this.#isRefused = true;
    this.#held = undefined;
  }

  async #fetch(): Promise<Credential> {
    const before = this.#held;
    try {
      const credential = await this.#options.fetch(this.#isRefused);
      this.#held = { credential, fetchedAt: this.#options.clock.monotonic() };
      this.#isRefused = false;
      return credential;
    } catch (error) {
      if (before === undefined || this.#held === undefined) throw error;
      this.#held = { credential: before.credential, fetchedAt: this.#options.clock.monotonic() };
      return before.credential;
    }
  }

  #ageMs(held: { readonly fetchedAt: number }): number {
    return this.#options.clock.monotonic() - held.fetchedAt;
  }
}
