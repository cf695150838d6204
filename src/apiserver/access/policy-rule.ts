import type { JsonObject } from '../../model/kube-object.ts';
import { arrayAt, isJsonObject } from '../json-value.ts';
import type { RequestAttributes } from './attributes.ts';

/** A PolicyRule of rbac.authorization.k8s.io/v1, as it stands in a role. */
export type PolicyRule = JsonObject;

export function rulesOf(role: JsonObject): readonly PolicyRule[] {
  return arrayAt(role, 'rules').filter(isJsonObject);
}

export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!includesOrAll(rule, 'verbs', attributes.verb)) return false;
  return attributes.path === undefined ? allowsResource(rule, attributes) : allowsPath(rule, attributes.path);
}

function allowsResource(rule: PolicyRule, { group, resource, subresource, name }: RequestAttributes): boolean {
  if (!includesOrAll(rule, 'apiGroups', group)) return false;
  if (!arrayAt(rule, 'resources').some((entry) => namesResource(entry, resource, subresource))) return false;
  const names = arrayAt(rule, 'resourceNames');
  return names.length === 0 || (name !== undefined && name !== '' && names.includes(name));
}

function namesResource(entry: unknown, resource: string, subresource: string | undefined): boolean {
  if (entry === '*') return true;
  if (!subresource) return entry === resource;
  return entry === `${resource}/${subresource}` || entry === `*/${subresource}`;
}

function allowsPath(rule: PolicyRule, path: string): boolean {
  return arrayAt(rule, 'nonResourceURLs').some(
    (url) => url === '*' || url === path || (typeof url === 'string' && url.endsWith('*') && path.startsWith(url.slice(0, -1))),
  );
}

function includesOrAll(rule: PolicyRule, member: string, value: string): boolean {
  const list = arrayAt(rule, member);
  return list.includes('*') || list.includes(value);
}
