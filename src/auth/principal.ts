import type { UserInfo } from '../model/user.ts';

export type AuthMode = 'LOCAL' | 'TOKEN_REVIEW' | 'OIDC' | 'FRONT_PROXY';

/** Who is calling, as established once per request or socket. Nothing else about the caller is used downstream. */
export interface Principal {
  readonly mode: AuthMode;
  /** In LOCAL mode the operating system's name of the person who started the gateway. */
  readonly user: UserInfo;
  /** Clock time in milliseconds at which this identity ends, where it does. */
  readonly notAfter?: number;
}
