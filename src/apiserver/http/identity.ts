/** Whom a request is from, and as whom it wants to act. */
import type { UserInfo } from '../../model/user.ts';
import { ANONYMOUS } from '../access/attributes.ts';
import type { Caller } from '../access/gate.ts';
import type { TokenUsers } from '../access/token-users.ts';
import { StatusError, unauthorized } from '../status.ts';
import { type ApiRequest, headerOf, headersOf } from './api-request.ts';

/** Throws 401 for a token that is nobody's. Without a token the caller is anonymous. */
export function callerOf(request: ApiRequest, tokens: TokenUsers, newAuditId: () => string): Caller {
  const auditId = headerOf(request, 'audit-id') || newAuditId();
  return { user: userOf(request, tokens), isTrusted: false, impersonate: impersonatedUser(request), auditId };
}

function userOf(request: ApiRequest, tokens: TokenUsers): UserInfo {
  const authorization = headerOf(request, 'authorization');
  if (authorization === undefined) return ANONYMOUS;
  const match = /^bearer\s+(\S+)$/i.exec(authorization.trim());
  const user = match?.[1] === undefined ? undefined : tokens.authenticate(match[1]);
  if (user === undefined) throw unauthorized();
  return user;
}

const EXTRA = 'impersonate-extra-';

function impersonatedUser(request: ApiRequest): UserInfo | undefined {
  const username = headerOf(request, 'impersonate-user');
  const uid = headerOf(request, 'impersonate-uid');
  const groups = [...headersOf(request, 'impersonate-group')];
  const extraHeaders = Object.keys(request.headers).filter((name) => name.startsWith(EXTRA));
  if (!username) {
    if (uid || groups.length > 0 || extraHeaders.length > 0) throw impersonationWithoutUser();
    return undefined;
  }
  const extra = Object.fromEntries(extraHeaders.map((name) => [decodeURIComponent(name.slice(EXTRA.length)), headersOf(request, name)]));
  return { username, groups, ...(uid && { uid }), ...(extraHeaders.length > 0 && { extra }) };
}

function impersonationWithoutUser(): StatusError {
  const message = 'Internal error occurred: requested [{...}] without impersonating a user';
  return new StatusError({ code: 500, reason: 'InternalError', message });
}
