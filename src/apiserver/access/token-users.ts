import type { UserInfo } from '../../model/user.ts';

/** Somebody who may come in with a bearer token. */
export interface TokenUser {
  readonly token: string;
  readonly user: UserInfo;
  /** What the token is good for; absent: the API server and every audience that a TokenReview asks about. */
  readonly audiences?: readonly string[];
}
