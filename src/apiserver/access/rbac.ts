/** Decides by the Role, ClusterRole and binding objects in the store. Source: plugin/pkg/auth/authorizer/rbac. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { labelSelectorOf, matchesLabels } from '../../model/label-selector.ts';
import type { UserInfo } from '../../model/user.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../json-value.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type Authoriser, type Decision, MASTERS, type RequestAttributes } from './attributes.ts';
import { type PolicyRule, ruleAllows, rulesOf } from './policy-rule.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CLUSTER_ROLE_BINDINGS = `clusterrolebindings.${RBAC}`;
const ROLE_BINDINGS = `rolebindings.${RBAC}`;
const CLUSTER_ROLES = `clusterroles.${RBAC}`;
const ROLES = `roles.${RBAC}`;

interface Grant {
  readonly rules: readonly PolicyRule[];
  /** "ClusterRoleBinding "x" of ClusterRole "y" to User "z"". */
  readonly description: string;
}

export class RbacAuthoriser implements Authoriser {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  decide(user: UserInfo, attributes: RequestAttributes): Decision {
    if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    for (const { rules, description } of this.#grants(user, attributes.namespace)) {
      if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason: `RBAC: allowed by ${description}` };
    }
    return { allowed: false, reason: '' };
  }

  /** All that `user` may do in `namespace`, cluster-wide grants included. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    const rules = [...this.#grants(user, namespace)].flatMap((grant) => grant.rules);
    return user.groups.includes(MASTERS) ? [...EVERYTHING, ...rules] : rules;
  }

  *#grants(user: UserInfo, namespace: string | undefined): IterableIterator<Grant> {
    for (const { object } of this.#store.entries(CLUSTER_ROLE_BINDINGS)) {
      const subject = subjectOf(object, user);
      if (subject !== undefined) yield { rules: this.#rulesOfRole(object), description: described('ClusterRoleBinding', object, subject) };
    }
    if (!namespace) return;
    for (const { object } of this.#store.entries(ROLE_BINDINGS, namespace)) {
      const subject = subjectOf(object, user);
      if (subject !== undefined) yield { rules: this.#rulesOfRole(object), description: described('RoleBinding', object, subject) };
    }
  }

  #rulesOfRole(binding: KubeObject): readonly PolicyRule[] {
    const name = stringAt(binding, 'roleRef', 'name') ?? '';
    const isClusterRole = stringAt(binding, 'roleRef', 'kind') === 'ClusterRole';
    const role = isClusterRole
      ? this.#store.get(CLUSTER_ROLES, name)
      : this.#store.get(ROLES, `${binding.metadata.namespace ?? ''}/${name}`);
    return role === undefined ? [] : [...rulesOf(role), ...this.#aggregatedRules(role)];
  }

  /** The real server lets a controller copy aggregated rules into the role; here they are looked up. */
  #aggregatedRules(role: KubeObject): PolicyRule[] {
    const selectors = arrayAt(role, 'aggregationRule', 'clusterRoleSelectors').map(labelSelectorOf);
    if (selectors.length === 0) return [];
    const others = [...this.#store.entries(CLUSTER_ROLES)].map(({ object }) => object).filter((other) => other !== role);
    return others
      .filter(({ metadata }) => selectors.some((selector) => selector !== undefined && matchesLabels(selector, metadata.labels)))
      .flatMap(rulesOf);
  }
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function subjectOf(binding: KubeObject, user: UserInfo): JsonObject | undefined {
  return arrayAt(binding, 'subjects')
    .filter(isJsonObject)
    .find((subject) => isUser(subject, user, binding.metadata.namespace));
}

function isUser(subject: JsonObject, user: UserInfo, bindingNamespace: string | undefined): boolean {
  const name = String(subject['name']);
  switch (subject['kind']) {
    case 'User':
      return name === user.username;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${stringAt(subject, 'namespace') ?? bindingNamespace ?? ''}:${name}`;
    default:
      return false;
  }
}

function described(kind: string, binding: KubeObject, subject: JsonObject): string {
  const role = objectAt(binding, 'roleRef') ?? {};
  const { name, namespace } = binding.metadata;
  const who =
    subject['kind'] === 'ServiceAccount'
      ? `${String(subject['name'])}/${String(subject['namespace'] ?? namespace)}`
      : String(subject['name']);
  return `${kind} "${namespace === undefined ? name : `${name}/${namespace}`}" of ${String(role['kind'])} "${String(role['name'])}" to ${String(subject['kind'])} "${who}"`;
}
