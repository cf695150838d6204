import { ApiError } from '../../src/kube/api-error.ts';
import type { AccessAttributes, AccessReview, ApiServer, RequestOptions, TokenReview } from '../../src/kube/api-server.ts';
import type { UserInfo } from '../../src/model/user.ts';

/** An API server that answers reviews and nothing else, when a test lets it. */
export class ReviewingApiServer {
  /** "user verb resource.group namespace" that are allowed; '*' for all namespaces. */
  readonly allowed = new Set<string>();
  readonly tokens = new Map<string, TokenReview>();
  readonly asked: string[] = [];
  down = false;
  /** Answers wait until `release`. */
  held = false;
  inFlight = 0;
  maxInFlight = 0;
  #waiting: (() => void)[] = [];

  allow(user: string, verb: string, resource: string, namespace = '*'): void {
    this.allowed.add(`${user} ${verb} ${resource} ${namespace}`);
  }

  /** Lets the first `count` that wait be answered. */
  release(count = Number.POSITIVE_INFINITY): void {
    for (const answer of this.#waiting.splice(0, count)) answer();
  }

  asApiServer(): ApiServer {
    return { reviewAccess: this.reviewAccess.bind(this), reviewToken: this.reviewToken.bind(this) } as Pick<
      ApiServer,
      'reviewAccess' | 'reviewToken'
    > as ApiServer;
  }

  async reviewAccess(
    user: UserInfo,
    { verb, resource, group, namespace = '*' }: AccessAttributes,
    options: RequestOptions = {},
  ): Promise<AccessReview> {
    const question = `${user.username} ${verb} ${group === '' ? resource : `${resource}.${group}`} ${namespace}`;
    await this.#answering(question, options);
    return { allowed: this.allowed.has(question) };
  }

  async reviewToken(token: string, audiences: readonly string[], options: RequestOptions = {}): Promise<TokenReview> {
    await this.#answering(`token ${token} ${audiences.join()}`, options);
    return this.tokens.get(token) ?? { audiences: [] };
  }

  async #answering(question: string, { signal }: RequestOptions): Promise<void> {
    this.asked.push(question);
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    try {
      if (this.held) await this.#turn(signal);
      if (this.down) throw new ApiError('unreachable', 'connection refused', { reason: 'ConnectionRefused' });
    } finally {
      this.inFlight -= 1;
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}
