import type { ApiServer } from '../kube/api-server.ts';
import type { GroupResource } from '../model/resource.ts';
import type { UserInfo } from '../model/user.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { type Random, systemRandom } from '../runtime/random.ts';
import type { Access } from './access.ts';
import { DECISION_LIMITS, type Decision, DecisionCache, type DecisionCacheLimits } from './decision-cache.ts';
import { lengthPrefixed, newSecret, secretKey, userFields } from './length-prefixed.ts';
import type { Principal } from './principal.ts';
import { PrincipalAccess } from './principal-access.ts';
import type { Question } from './question.ts';
import { ReviewDesk } from './review-desk.ts';
import { SingleFlight } from './single-flight.ts';

export interface AccessReviewsOptions {
  /** The gateway's own connection to a registered cluster; undefined where there is none (yet). */
  readonly server: (cluster: string) => ApiServer | undefined;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Where the key of the cache's keys comes from. Default: the machine's. */
  readonly random?: Random;
  /** Kinds that the gateway copies, most telling first: may somebody see any of them, they see the cluster. */
  readonly kinds: readonly GroupResource[];
  /** Namespaces of a cluster, as far as known. */
  readonly namespaces: (cluster: string) => Iterable<string>;
  readonly limits?: Partial<AccessLimits>;
  readonly cache?: DecisionCacheLimits;
}

/** Times in milliseconds. */
export interface AccessLimits {
  /** How long an allow and a deny count. */
  readonly ttlMs: number;
  /** How old an allow may be that counts while the cluster cannot be asked. */
  readonly staleAllowForMs: number;
  /** For one question of a caller, all its reviews together. */
  readonly deadlineMs: number;
  readonly pauseMs: number;
  readonly inFlightPerCluster: number;
  /** Reviews of single namespaces that one request may cause; a longer-lived reader gets as many every `ttlMs`. */
  readonly reviewsPerRequest: number;
  /** Reviews of single namespaces to find out whether somebody sees a cluster at all. */
  readonly reviewsPerSight: number;
}

const ACCESS_LIMITS: AccessLimits = {
  ttlMs: 10_000,
  staleAllowForMs: 300_000,
  deadlineMs: 2_000,
  pauseMs: 1_000,
  inFlightPerCluster: 32,
  reviewsPerRequest: 500,
  reviewsPerSight: 200,
};

/** Whose rights are asked for, and the key under which the answers are kept, if they are. */
export interface Asker {
  readonly user: UserInfo;
  readonly key: string;
  readonly kept: boolean;
}

/** Longer questions and users are asked every time. */
const MAX_CACHED_CHARS = 10_000;

/**
 * Rights of token users, asked of the clusters by SubjectAccessReview and shared by all requests of the process.
 * An answer belongs to one user with all attributes, one cluster and one question; only an answer grants.
 */
export class AccessReviews {
  readonly options: AccessReviewsOptions;
  readonly limits: AccessLimits;
  readonly #logger: Logger;
  readonly #secret: Uint8Array;
  readonly #decisions: DecisionCache;
  readonly #desks = new Map<string, ReviewDesk>();
  readonly #flights = new SingleFlight<Decision | undefined>();
  #epoch = 0;

  constructor(options: AccessReviewsOptions) {
    this.options = options;
    this.limits = { ...ACCESS_LIMITS, ...options.limits };
    this.#logger = options.logger ?? silentLogger;
    this.#secret = newSecret(options.random ?? systemRandom);
    this.#decisions = new DecisionCache(options.cache ?? DECISION_LIMITS);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** For one request, or one socket's streams: it carries their bounds. */
  accessFor(principal: Principal): Access {
    return new PrincipalAccess(this, this.#asker(principal));
  }

  /** Rights in the cluster changed: every answer of it is forgotten, also those still under way. */
  invalidate(cluster: string): void {
    this.#desk(cluster).generation += 1;
    this.#epoch += 1;
  }

  /** The last answer, if it is of the present rights; how old it may be is the caller's to decide. */
  known(asker: Asker, { cluster, key }: Pick<Question, 'cluster' | 'key'>): Decision | undefined {
    const decision = this.#decisions.get(asker.key, key);
    return decision?.generation === this.#desk(cluster).generation ? decision : undefined;
  }

  /** Asks the cluster, together with whoever asks the same. Undefined: it could not be asked. Never rejects. */
  ask(asker: Asker, question: Question): Promise<Decision | undefined> {
    return this.#flights.run(lengthPrefixed([asker.key, question.key]), () => this.#ask(asker, question));
  }

  keep(asker: Asker, { key }: Pick<Question, 'cluster' | 'key'>, decision: Decision): Decision {
    if (asker.kept && key.length <= MAX_CACHED_CHARS / 2) this.#decisions.set(asker.key, key, decision);
    return decision;
  }

  generation(cluster: string): number {
    return this.#desk(cluster).generation;
  }

  async #ask(asker: Asker, question: Question): Promise<Decision | undefined> {
    const desk = this.#desk(question.cluster);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { generation } = desk;
      const at = this.options.clock.monotonic();
      const allowed = await desk.ask(asker.user, question.attributes);
      if (allowed === undefined) return undefined;
      // Else rights changed while it was under way, and it may be of before.
      if (generation === desk.generation) return this.keep(asker, question, { allowed, at, generation });
    }
    return undefined;
  }

  #asker({ user }: Principal): Asker {
    const fields = userFields(user);
    return { user, key: secretKey(this.#secret, fields), kept: lengthPrefixed(fields).length <= MAX_CACHED_CHARS / 2 };
  }

  #desk(cluster: string): ReviewDesk {
    const known = this.#desks.get(cluster);
    if (known !== undefined) return known;
    const { clock, server } = this.options;
    const { deadlineMs, pauseMs, inFlightPerCluster: maxInFlight } = this.limits;
    const desk = new ReviewDesk({ cluster, server: () => server(cluster), clock, logger: this.#logger, maxInFlight, deadlineMs, pauseMs });
    this.#desks.set(cluster, desk);
    return desk;
  }
}
