import type { UserInfo } from '../../model/user.ts';
import { ApiError } from '../api-error.ts';
import type { HeaderLines } from './transport.ts';

export interface HeaderInput {
  readonly userAgent: string;
  readonly accept: string;
  readonly authorization?: string | undefined;
  readonly impersonate?: UserInfo | undefined;
  readonly auditId?: string | undefined;
  readonly contentType?: string | undefined;
}

/**
 * The whole header of a request, from nothing but who asks and what for: there is no way for a header of
 * somebody else's request to get in. Several groups are several lines.
 * Throws `invalid` for an identity that a header cannot carry unchanged.
 */
export function requestHeaders(input: HeaderInput): HeaderLines {
  const lines: [string, string][] = [
    ['accept', input.accept],
    ['user-agent', input.userAgent],
  ];
  if (input.contentType !== undefined) lines.push(['content-type', input.contentType]);
  if (input.authorization !== undefined) lines.push(['authorization', input.authorization]);
  if (input.auditId !== undefined) lines.push(['audit-id', headerValue(input.auditId, 'audit id')]);
  if (input.impersonate !== undefined) lines.push(...impersonation(input.impersonate));
  return lines;
}

function impersonation(user: UserInfo): [string, string][] {
  const lines: [string, string][] = [['impersonate-user', headerValue(user.username, 'user name')]];
  if (user.uid !== undefined && user.uid !== '') lines.push(['impersonate-uid', headerValue(user.uid, 'uid')]);
  for (const group of user.groups) lines.push(['impersonate-group', headerValue(group, 'group')]);
  for (const [key, values] of Object.entries(user.extra ?? {})) {
    const name = `impersonate-extra-${encodeExtraKey(key)}`;
    for (const value of values) lines.push([name, headerValue(value, 'extra value')]);
  }
  return lines;
}

/**
 * Percent-encodes as the server decodes: it lower-cases the header's name first, so capitals are encoded too,
 * else "Team" would arrive as "team".
 * Source: kubernetes/apiserver, authentication/request/headerrequest, unescapeExtraKey.
 */
function encodeExtraKey(key: string): string {
  if (key === '') throw unfit('extra key', key);
  return Array.from(Buffer.from(key, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return EXTRA_KEY_CHARACTER.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

/** The characters of an HTTP token, without "%" and capitals. */
const EXTRA_KEY_CHARACTER = /^[a-z0-9!#$&'*+.^_`|~-]$/;

/** As UTF-8 bytes, one character each, which is how Node writes header values and Go reads them. */
function headerValue(text: string, what: string): string {
  // HTTP trims blanks and forbids control characters: "alice " would act as alice.
  if (text === '' || text !== text.trim() || hasControlCharacter(text)) throw unfit(what, text);
  return Buffer.from(text, 'utf8').toString('latin1');
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function unfit(what: string, text: string): ApiError {
  return new ApiError('invalid', `the ${what} ${JSON.stringify(text)} cannot be sent in a header`, { reason: 'UnfitIdentity' });
}
