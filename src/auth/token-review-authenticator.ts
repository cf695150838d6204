import type { Authenticator, AuthRequest, AuthResult, ConnectionParams, Rejection } from './authenticator.ts';
import { lengthPrefixed, userFields } from './length-prefixed.ts';
import type { Principal } from './principal.ts';
import { bearerOf, refuseHeaders, UNAUTHENTICATED } from './request-headers.ts';
import type { TokenOutcome, TokenReviewer } from './token-reviewer.ts';

/** An open socket stays open so long while its token cannot be reviewed. */
const UNCONFIRMED_MS = 300_000;

/** Whoever holds a token that a cluster vouches for. */
export class TokenReviewAuthenticator implements Authenticator {
  readonly #reviewer: TokenReviewer;

  constructor(reviewer: TokenReviewer) {
    this.#reviewer = reviewer;
  }

  async identify(request: AuthRequest, connectionParams?: ConnectionParams): Promise<AuthResult> {
    const refusal = refuseHeaders(request);
    if (refusal !== undefined) return { rejection: refusal };
    const bearer = bearerOf(request, connectionParams);
    if ('rejection' in bearer) return bearer;
    const outcome = await this.#reviewer.review(bearer.token);
    return outcome.kind === 'user' ? { principal: principalOf(outcome) } : { rejection: REJECTIONS[outcome.kind] };
  }

  refuse(request: AuthRequest): Rejection | undefined {
    return refuseHeaders(request);
  }

  async stillValid(principal: Principal, request: AuthRequest, connectionParams?: ConnectionParams): Promise<boolean> {
    const bearer = bearerOf(request, connectionParams);
    if ('rejection' in bearer) return false;
    const unconfirmedMs = this.#reviewer.unconfirmedMs(bearer.token);
    const outcome = await this.#reviewer.review(bearer.token);
    if (outcome.kind === 'user') return lengthPrefixed(userFields(outcome.user)) === lengthPrefixed(userFields(principal.user));
    return (
      (outcome.kind === 'unavailable' || outcome.kind === 'throttled') && unconfirmedMs !== undefined && unconfirmedMs < UNCONFIRMED_MS
    );
  }
}

function principalOf({ user, notAfter }: Extract<TokenOutcome, { kind: 'user' }>): Principal {
  return { mode: 'TOKEN_REVIEW', user, ...(notAfter === undefined ? {} : { notAfter }) };
}

const REJECTIONS: Readonly<Record<Exclude<TokenOutcome['kind'], 'user'>, Rejection>> = {
  unknown: UNAUTHENTICATED,
  refused: { status: 403, message: 'members of system:masters and system users other than service accounts are not let in' },
  unavailable: { status: 503, message: 'the cluster that knows who is who does not answer; try again' },
  throttled: { status: 429, message: 'too many tokens are being reviewed; try again' },
};
