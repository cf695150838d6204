import { LRUCache } from 'lru-cache';
import type { ApiServer, TokenReview } from '../kube/api-server.ts';
import type { UserInfo } from '../model/user.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { type Random, systemRandom } from '../runtime/random.ts';
import { withinDeadline } from './deadline.ts';
import { newSecret, secretKey } from './length-prefixed.ts';
import { SingleFlight } from './single-flight.ts';

/**
 * `unknown`: the token is nobody's, or not for us. `refused`: it is somebody's whom we never let in.
 * `unavailable`: the cluster did not answer. `throttled`: too many are being asked about already.
 */
export type TokenOutcome =
  | { readonly kind: 'user'; readonly user: UserInfo; readonly notAfter?: number }
  | { readonly kind: 'unknown' | 'refused' | 'unavailable' | 'throttled' };

export interface TokenReviewerOptions {
  /** The cluster that is asked; undefined while there is no connection. */
  readonly server: () => ApiServer | undefined;
  readonly audience: string;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Where the key of the cache's keys comes from. Default: the machine's. */
  readonly random?: Random;
  readonly limits?: Partial<TokenReviewerLimits>;
}

/** Times in milliseconds. */
export interface TokenReviewerLimits {
  readonly acceptedMs: number;
  readonly refusedMs: number;
  readonly deadlineMs: number;
  /** Tokens asked about at once. */
  readonly inFlight: number;
  /** Tokens remembered, accepted and refused ones apart. */
  readonly remembered: number;
}

const TOKEN_LIMITS: TokenReviewerLimits = {
  acceptedMs: 10_000,
  refusedMs: 10_000,
  deadlineMs: 5_000,
  inFlight: 50,
  remembered: 10_000,
};

interface Remembered {
  readonly outcome: TokenOutcome;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** Asks one cluster whose token it is, by TokenReview with our own audience, and remembers the answer for seconds. */
export class TokenReviewer {
  readonly #options: TokenReviewerOptions;
  readonly #limits: TokenReviewerLimits;
  readonly #logger: Logger;
  readonly #secret: Uint8Array;
  readonly #accepted: LRUCache<string, Remembered>;
  /** Apart, so that a flood of bad tokens does not push out good ones. */
  readonly #refused: LRUCache<string, Remembered>;
  readonly #flights = new SingleFlight<TokenOutcome>();

  constructor(options: TokenReviewerOptions) {
    this.#options = options;
    this.#limits = { ...TOKEN_LIMITS, ...options.limits };
    this.#logger = options.logger ?? silentLogger;
    this.#secret = newSecret(options.random ?? systemRandom);
    this.#accepted = new LRUCache({ max: this.#limits.remembered });
    this.#refused = new LRUCache({ max: this.#limits.remembered });
  }

  /** Never rejects. */
  async review(token: string): Promise<TokenOutcome> {
    const key = this.#key(token);
    const remembered = this.#remembered(key);
    if (remembered !== undefined) return remembered;
    if (this.#flights.size >= this.#limits.inFlight && !this.#flights.has(key)) return { kind: 'throttled' };
    return this.#flights.run(key, () => this.#ask(key, token));
  }

  /** For how long the token was not confirmed, in milliseconds; undefined when it never was, as far as we remember. */
  unconfirmedMs(token: string): number | undefined {
    const accepted = this.#accepted.get(this.#key(token));
    return accepted === undefined ? undefined : this.#options.clock.monotonic() - accepted.at;
  }

  #key(token: string): string {
    return secretKey(this.#secret, [this.#options.audience, token]);
  }

  #remembered(key: string): TokenOutcome | undefined {
    const { clock } = this.#options;
    const accepted = this.#accepted.get(key);
    if (accepted !== undefined && clock.monotonic() < accepted.at + this.#limits.acceptedMs) {
      const { outcome } = accepted;
      if (outcome.kind !== 'user' || outcome.notAfter === undefined || clock.now() < outcome.notAfter) return outcome;
    }
    const refused = this.#refused.get(key);
    return refused !== undefined && clock.monotonic() < refused.at + this.#limits.refusedMs ? refused.outcome : undefined;
  }

  async #ask(key: string, token: string): Promise<TokenOutcome> {
    const { server, audience, clock } = this.#options;
    const at = clock.monotonic();
    const review = await withinDeadline(clock, this.#limits.deadlineMs, async (signal) =>
      server()?.reviewToken(token, [audience], { signal, timeoutMs: this.#limits.deadlineMs }),
    );
    if (review === undefined) {
      this.#logger.warn('the cluster that reviews tokens does not answer');
      return { kind: 'unavailable' };
    }
    const outcome = judge(review, audience, expiryOf(token, clock.now()));
    if (outcome.kind === 'user') this.#accepted.set(key, { outcome, at });
    else {
      this.#accepted.delete(key);
      this.#refused.set(key, { outcome, at });
    }
    return outcome;
  }
}

/** A server that does not know audiences answers none: then the token may be meant for anybody. */
function judge({ user, audiences }: TokenReview, audience: string, notAfter: number | undefined): TokenOutcome {
  if (user === undefined || user.username === '' || !audiences.includes(audience)) return { kind: 'unknown' };
  if (!isAcceptable(user)) return { kind: 'refused' };
  return { kind: 'user', user, ...(notAfter === undefined ? {} : { notAfter }) };
}

/** Kubernetes' own components do not call us, and its master group stands above every right we could ask for. */
function isAcceptable({ username, groups }: UserInfo): boolean {
  if (groups.includes('system:masters')) return false;
  return !username.startsWith('system:') || username.startsWith('system:serviceaccount:');
}

/** When a JSON Web Token ends, by its own word, which its reviewer has verified; undefined for other tokens. */
function expiryOf(token: string, now: number): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const seconds = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    // One that is over by our clock was accepted by theirs.
    return typeof seconds === 'number' && seconds * 1000 > now ? seconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}
