import type { UserInfo } from '../../model/user.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withAuthenticatedGroup } from './attributes.ts';

/** Somebody who may come in with a bearer token. */
export interface TokenUser {
  readonly token: string;
  readonly user: UserInfo;
  /** What the token is good for; absent: the API server and every audience that a TokenReview asks about. */
  readonly audiences?: readonly string[];
  /** Milliseconds since 1970; absent: for ever. */
  readonly expiresAt?: number;
}

/** The audience of the API server itself. */
const API_AUDIENCE = 'https://kubernetes.default.svc';

/** Who holds which token. */
export class TokenUsers {
  readonly #byToken = new Map<string, TokenUser>();
  readonly #clock: Clock;

  constructor(users: readonly TokenUser[], clock: Clock) {
    this.#clock = clock;
    for (const user of users) this.add(user);
  }

  /** Replaces the user of the same token. */
  add(user: TokenUser): void {
    this.#byToken.set(user.token, user);
  }

  remove(token: string): void {
    this.#byToken.delete(token);
  }

  /** The user whose token this is, if it is good for the API server. */
  authenticate(token: string): UserInfo | undefined {
    return this.review(token, [API_AUDIENCE])?.user;
  }

  /** The user and those of `audiences` that the token is good for; undefined when there are none. */
  review(token: string, audiences: readonly string[]): { user: UserInfo; audiences: string[] } | undefined {
    const found = this.#byToken.get(token);
    if (found === undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#clock.now()) return undefined;
    const asked = audiences.length === 0 ? [API_AUDIENCE] : audiences;
    const accepted = asked.filter((audience) => found.audiences === undefined || found.audiences.includes(audience));
    return accepted.length === 0 ? undefined : { user: withAuthenticatedGroup(found.user), audiences: accepted };
  }
}
