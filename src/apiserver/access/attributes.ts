import type { AccessAttributes } from '../../kube/api-server.ts';
import type { UserInfo } from '../../model/user.ts';

/** What somebody wants to do: to a resource, or to a path that is none (`path` is then set). */
export interface RequestAttributes extends AccessAttributes {
  readonly path?: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it; '' when nothing does. */
  readonly reason: string;
}

export interface Authoriser {
  decide(user: UserInfo, attributes: RequestAttributes): Decision;
}

export const AUTHENTICATED = 'system:authenticated';
export const MASTERS = 'system:masters';
export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Everybody who is somebody is in this group too. */
export function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes(AUTHENTICATED) || user.username === ANONYMOUS.username) return user;
  return { ...user, groups: [...user.groups, AUTHENTICATED] };
}

/** "User "x" cannot list resource "pods" in API group "" in the namespace "shop"", as the real server words it. */
export function refusalOf(user: UserInfo, attributes: RequestAttributes): string {
  const { verb, path, group, resource, subresource, namespace } = attributes;
  if (path !== undefined) return `User "${user.username}" cannot ${verb} path "${path}"`;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return `User "${user.username}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
}
