import type { ObjectIdentity } from '../feed/stream-message.ts';

/**
 * What a global id names. Callers must treat ids as opaque. An id is not a right: whoever holds one still
 * sees only what they may see.
 */
export type GlobalId =
  | { readonly type: 'cluster'; readonly name: string }
  | ({ readonly type: 'object' } & ObjectIdentity)
  | { readonly type: 'component'; readonly name: string }
  /** One installation of a component. */
  | {
      readonly type: 'instance';
      readonly component: string;
      readonly cluster: string;
      readonly namespace: string;
      readonly instance: string;
    }
  | { readonly type: 'operation'; readonly id: string }
  | { readonly type: 'rollout'; readonly id: string };

const MAX_CHARACTERS = 2_048;

// JSON keeps names apart whatever they contain: names of kubeconfig contexts may hold any character.
const encode = (parts: readonly string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

export const clusterId = (name: string) => encode(['c', name]);
export const componentId = (name: string) => encode(['n', name]);
export const operationId = (id: string) => encode(['r', id]);
export const rolloutId = (id: string) => encode(['u', id]);

export function instanceId({
  component,
  cluster,
  namespace,
  instance,
}: Omit<Extract<GlobalId, { readonly type: 'instance' }>, 'type'>): string {
  return encode(['i', component, cluster, namespace, instance]);
}

/** By group and resource, not by version: an object keeps its id when a cluster serves it at another version. */
export function objectId({ cluster, resource, namespace, name, uid }: ObjectIdentity): string {
  return encode(['o', cluster, resource, namespace, name, uid]);
}

/** Undefined for anything that is not exactly an id of ours. */
export function parseGlobalId(id: string): GlobalId | undefined {
  if (id.length > MAX_CHARACTERS) return undefined;
  const parts = partsOf(id);
  const parsed = parts === undefined ? undefined : named(parts);
  // One object, one id: other spellings of the same bytes are refused.
  return parts !== undefined && parsed !== undefined && encode(parts) === id ? parsed : undefined;
}

function partsOf(id: string): readonly string[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(id, 'base64url').toString());
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    return undefined;
  }
}

function named([type, ...rest]: readonly string[]): GlobalId | undefined {
  const [first, second, third, fourth, fifth] = rest;
  switch (`${type}${rest.length}`) {
    case 'c1':
      return first === undefined ? undefined : { type: 'cluster', name: first };
    case 'n1':
      return first === undefined ? undefined : { type: 'component', name: first };
    case 'r1':
      return first === undefined ? undefined : { type: 'operation', id: first };
    case 'u1':
      return first === undefined ? undefined : { type: 'rollout', id: first };
    case 'i4':
      return first === undefined || second === undefined || third === undefined || fourth === undefined
        ? undefined
        : { type: 'instance', component: first, cluster: second, namespace: third, instance: fourth };
    case 'o5':
      return first === undefined || second === undefined || third === undefined || fourth === undefined || fifth === undefined
        ? undefined
        : { type: 'object', cluster: first, resource: second, namespace: third, name: fourth, uid: fifth };
    default:
      return undefined;
  }
}
