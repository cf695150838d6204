/** May the caller act as somebody else? Source: apiserver, pkg/endpoints/filters/impersonation. */
import type { UserInfo } from '../../model/user.ts';
import { forbidden } from '../status.ts';
import { type Authoriser, type RequestAttributes, refusalOf, withAuthenticatedGroup } from './attributes.ts';

export interface Impersonation {
  readonly caller: UserInfo;
  /** Whom the caller wants to be. */
  readonly as: UserInfo;
  /** What it wants to do as them: constrained impersonation allows single actions. */
  readonly attributes: RequestAttributes;
}

/** The user to go on as. Throws 403 when a rule for any of its parts is missing. */
export function impersonated(authoriser: Authoriser, { caller, as, attributes }: Impersonation): UserInfo {
  const isConstrained = mayUnderConstraint(authoriser, caller, { as, attributes });
  if (!isConstrained) {
    for (const part of partsOf(as)) {
      const asked = { verb: 'impersonate', ...part };
      if (!authoriser.decide(caller, asked).allowed)
        throw forbidden({ group: part.group, resource: part.resource }, part.name, refusalOf(caller, asked));
    }
  }
  return withAuthenticatedGroup(withServiceAccountGroups(as));
}

type Part = Required<Pick<RequestAttributes, 'group' | 'resource' | 'name'>> & Pick<RequestAttributes, 'namespace' | 'subresource'>;

function partsOf({ username, uid, groups, extra = {} }: UserInfo): Part[] {
  const authentication = 'authentication.k8s.io';
  const account = serviceAccountOf(username);
  return [
    account === undefined ? { group: '', resource: 'users', name: username } : { group: '', resource: 'serviceaccounts', ...account },
    ...groups.map((name) => ({ group: '', resource: 'groups', name })),
    ...(uid === undefined ? [] : [{ group: authentication, resource: 'uids', name: uid }]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((name) => ({ group: authentication, resource: 'userextras', subresource: key, name })),
    ),
  ];
}

/** KEP-5284: the right to be that user, and the right to do this one thing as them. Nobody becomes a master so. */
function mayUnderConstraint(authoriser: Authoriser, caller: UserInfo, { as, attributes }: Omit<Impersonation, 'caller'>): boolean {
  if (as.groups.includes('system:masters') || serviceAccountOf(as.username) !== undefined) return false;
  const parts = partsOf(as).map((part) => ({ ...part, verb: 'impersonate:user-info', group: 'authentication.k8s.io' }));
  const action = { ...attributes, verb: `impersonate-on:user-info:${attributes.verb}` };
  return [...parts, action].every((asked) => authoriser.decide(caller, asked).allowed);
}

function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  return match === null ? undefined : { namespace: match[1] ?? '', name: match[2] ?? '' };
}

/** A service account named without groups has those that its own token would give it. */
function withServiceAccountGroups(user: UserInfo): UserInfo {
  const account = serviceAccountOf(user.username);
  if (account === undefined || user.groups.length > 0) return user;
  return { ...user, groups: serviceAccountGroups(account.namespace) };
}

export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
