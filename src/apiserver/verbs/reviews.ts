/** Questions about identity and rights, answered in the body that asked them. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { UserInfo } from '../../model/user.ts';
import { type RequestAttributes, withAuthenticatedGroup } from '../access/attributes.ts';
import { serviceAccountGroups } from '../access/impersonation.ts';
import type { PolicyRule } from '../access/policy-rule.ts';
import type { RbacAuthoriser } from '../access/rbac.ts';
import type { TokenUsers } from '../access/token-users.ts';
import { arrayAt, cloneJson, isJsonObject, objectAt, stringAt } from '../json-value.ts';
import { badRequest, invalid } from '../status.ts';
import { invalidValue, required } from '../validation/field-errors.ts';
import { accepted, type Target, timestampAt } from './target.ts';

export interface ReviewContext {
  readonly authoriser: RbacAuthoriser;
  readonly tokens: TokenUsers;
  /** Who asks. */
  readonly user: UserInfo;
  readonly nowMs: number;
}

/** The review with its `status`. */
export function answerReview(context: ReviewContext, target: Target, body: unknown): KubeObject {
  const review = accepted(target.served, body);
  const status = statusFor(context, target, review);
  return {
    ...review,
    metadata: { ...review.metadata, creationTimestamp: null } as unknown as KubeObject['metadata'],
    status: cloneJson(status),
  };
}

function statusFor(context: ReviewContext, target: Target, { kind, spec = {} }: KubeObject): JsonObject {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: context.user };
    case 'TokenReview':
      return reviewToken(context, spec);
    case 'SelfSubjectAccessReview':
      return decided(context, context.user, attributesOf(spec));
    case 'SubjectAccessReview':
      return decided(context, subjectOf(kind, spec), attributesOf(spec));
    case 'LocalSubjectAccessReview':
      return decided(context, subjectOf(kind, spec), localAttributes(target, spec));
    case 'SelfSubjectRulesReview':
      return rulesReview(context, stringAt(spec, 'namespace') ?? '');
    default:
      throw badRequest(`no review of kind ${kind}`);
  }
}

function reviewToken({ tokens }: ReviewContext, spec: JsonObject): JsonObject {
  const token = stringAt(spec, 'token') ?? '';
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const found = tokens.review(token, arrayAt(spec, 'audiences').map(String));
  if (found === undefined) return { user: {}, error: 'invalid bearer token' };
  return { authenticated: true, user: found.user, audiences: found.audiences };
}

function decided({ authoriser }: ReviewContext, user: UserInfo, attributes: RequestAttributes): JsonObject {
  const { allowed, reason } = authoriser.decide(user, attributes);
  return { allowed, ...(reason !== '' && { reason }) };
}

/** As it stands: groups that the review does not name are not added. */
function subjectOf(kind: string, spec: JsonObject): UserInfo {
  const username = stringAt(spec, 'user') ?? '';
  const groups = arrayAt(spec, 'groups').map(String);
  if (username === '' && groups.length === 0)
    throw invalid({ group: 'authorization.k8s.io', kind }, '', [
      invalidValue('spec.user', '', 'at least one of user or group must be specified'),
    ]);
  return { username, groups };
}

function attributesOf(spec: JsonObject): RequestAttributes {
  const resource = objectAt(spec, 'resourceAttributes');
  const path = objectAt(spec, 'nonResourceAttributes');
  if ((resource === undefined) === (path === undefined)) {
    throw invalid({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview' }, '', [
      invalidValue(
        'spec.resourceAttributes',
        resource ?? null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  }
  if (path !== undefined) return { verb: stringAt(path, 'verb') ?? '', path: stringAt(path, 'path') ?? '', group: '', resource: '' };
  return resourceAttributes(resource ?? {});
}

function resourceAttributes(attributes: JsonObject): RequestAttributes {
  const [subresource, namespace, name] = [
    stringAt(attributes, 'subresource'),
    stringAt(attributes, 'namespace'),
    stringAt(attributes, 'name'),
  ];
  return {
    verb: stringAt(attributes, 'verb') ?? '',
    group: stringAt(attributes, 'group') ?? '',
    resource: stringAt(attributes, 'resource') ?? '',
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    ...(name && { name }),
  };
}

function localAttributes({ namespace }: Target, spec: JsonObject): RequestAttributes {
  const attributes = attributesOf(spec);
  if (attributes.path === undefined && attributes.namespace === namespace) return attributes;
  throw invalid({ group: 'authorization.k8s.io', kind: 'LocalSubjectAccessReview' }, '', [
    invalidValue('spec.resourceAttributes.namespace', attributes.namespace ?? '', `must match metadata.namespace: ${namespace ?? ''}`),
  ]);
}

function rulesReview({ authoriser, user }: ReviewContext, namespace: string): JsonObject {
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = authoriser.rulesFor(user, namespace);
  const lists = (rule: PolicyRule, ...members: readonly string[]) =>
    Object.fromEntries(members.filter((member) => rule[member] !== undefined).map((member) => [member, rule[member]]));
  return {
    resourceRules: rules
      .filter((rule) => arrayAt(rule, 'resources').length > 0)
      .map((rule) => lists(rule, 'verbs', 'apiGroups', 'resources', 'resourceNames')),
    nonResourceRules: rules
      .filter((rule) => arrayAt(rule, 'nonResourceURLs').length > 0)
      .map((rule) => lists(rule, 'verbs', 'nonResourceURLs')),
    incomplete: false,
  };
}

export interface TokenRequestContext {
  readonly tokens: TokenUsers;
  readonly nowMs: number;
  /** Unguessable. */
  readonly newToken: string;
}

const DEFAULT_TOKEN_SECONDS = 3600;

/** A token for a service account: answers the TokenRequest with its `status`. */
export function issueToken({ tokens, nowMs, newToken }: TokenRequestContext, account: KubeObject, body: unknown): KubeObject {
  const spec = objectAt(body, 'spec') ?? {};
  const audiences = arrayAt(spec, 'audiences').map(String);
  const seconds = spec['expirationSeconds'] ?? DEFAULT_TOKEN_SECONDS;
  if (typeof seconds !== 'number' || seconds < 600) {
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      typeof seconds === 'number'
        ? invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')
        : required('spec.expirationSeconds'),
    ]);
  }
  const { name, namespace = '', uid } = account.metadata;
  const username = `system:serviceaccount:${namespace}:${name}`;
  const user = withAuthenticatedGroup({ username, groups: serviceAccountGroups(namespace), ...(uid !== undefined && { uid }) });
  const expiresAt = nowMs + seconds * 1000;
  tokens.add({ token: newToken, user, expiresAt, ...(audiences.length > 0 && { audiences }) });
  const request = isJsonObject(body) ? cloneJson(body) : {};
  return {
    ...request,
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name, namespace, creationTimestamp: timestampAt(nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token: newToken, expirationTimestamp: timestampAt(expiresAt) },
  };
}
