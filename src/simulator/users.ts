import type { TokenUser } from '../apiserver/access/token-users.ts';

/** Somebody whom every simulated cluster knows, with a fixed token: nothing here is secret. */
export interface ReadyMadeUser {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

function readyMade(name: string, ...groups: string[]): ReadyMadeUser {
  return { name, token: `${name}-token`, groups: [...groups, 'system:authenticated'] };
}

/** Bound to cluster-admin. Not system:masters, which a gateway accepts from nobody. */
export const PLATFORM_GROUP = 'platform';

/** For people: an administrator, a reader of everything, and a team that may edit the namespace shop. */
export const READY_MADE_USERS: readonly ReadyMadeUser[] = [readyMade('admin', PLATFORM_GROUP), readyMade('viewer'), readyMade('team-shop')];

/** The gateway's own account: reads what it watches, asks for reviews, and acts as the people who call it. */
export const GATEWAY_USER: ReadyMadeUser = readyMade('gateway');

export function tokenUsers(): TokenUser[] {
  return [...READY_MADE_USERS, GATEWAY_USER].map(({ name, token, groups }) => ({ token, user: { username: name, groups: [...groups] } }));
}
