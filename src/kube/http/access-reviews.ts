import type { UserInfo } from '../../model/user.ts';
import type { AccessAttributes, AccessReview, TokenReview } from '../api-server.ts';
import type { Call } from './api-caller.ts';
import { isFields } from './object-shape.ts';

// Reviews are created and change nothing: without an answer they may simply be asked again.

export function accessReviewCall(access: AccessAttributes, user: UserInfo): Call {
  const spec = { user: user.username, uid: user.uid, groups: user.groups, extra: user.extra, resourceAttributes: attributesOf(access) };
  return reviewCall('authorization.k8s.io', 'SubjectAccessReview', spec);
}

export function ownAccessReviewCall(access: AccessAttributes): Call {
  return reviewCall('authorization.k8s.io', 'SelfSubjectAccessReview', { resourceAttributes: attributesOf(access) });
}

export function tokenReviewCall(token: string, audiences: readonly string[]): Call {
  return reviewCall('authentication.k8s.io', 'TokenReview', { token, audiences: audiences.length === 0 ? undefined : audiences });
}

function reviewCall(group: string, kind: string, spec: object): Call {
  return {
    method: 'POST',
    path: `/apis/${group}/v1/${kind.toLowerCase()}s`,
    body: { apiVersion: `${group}/v1`, kind, spec },
    effect: 'read',
  };
}

function attributesOf(access: AccessAttributes): object {
  return {
    verb: access.verb,
    group: access.group,
    resource: access.resource,
    subresource: access.subresource,
    namespace: access.namespace,
    name: access.name,
  };
}

/** Whatever is not a plain yes is a no. */
export function accessReviewOf(answer: unknown): AccessReview {
  const status = statusOf(answer);
  const reason = textOf(status['reason']) ?? textOf(status['evaluationError']);
  return { allowed: status['allowed'] === true && status['denied'] !== true, ...(reason === undefined ? {} : { reason }) };
}

/**
 * An authenticator that knows nothing of audiences leaves them out of its answer. That is no audience of the
 * question, so the caller sees none and must refuse the token.
 */
export function tokenReviewOf(answer: unknown): TokenReview {
  const status = statusOf(answer);
  const user = status['authenticated'] === true ? userOf(status['user']) : undefined;
  const error = textOf(status['error']);
  return {
    ...(user === undefined ? {} : { user }),
    audiences: user === undefined ? [] : textsOf(status['audiences']),
    ...(error === undefined ? {} : { error }),
  };
}

function userOf(value: unknown): UserInfo | undefined {
  if (!isFields(value)) return undefined;
  const username = textOf(value['username']);
  if (username === undefined) return undefined;
  const uid = textOf(value['uid']);
  const extra = isFields(value['extra'])
    ? Object.fromEntries(Object.entries(value['extra']).map(([key, texts]) => [key, textsOf(texts)]))
    : undefined;
  return { username, groups: textsOf(value['groups']), ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
}

function statusOf(answer: unknown): Record<string, unknown> {
  return isFields(answer) && isFields(answer['status']) ? answer['status'] : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}
