/** RBAC's four kinds, and the reviews: questions that are created and never stored. */
import { applyBindingDefaults } from '../defaults/core-objects.ts';
import { validateBinding, validateBindingUpdate } from '../validation/small-kinds.ts';
import { define } from './define.ts';
import type { ResourceDefinition, ResourceRules } from './resource-definition.ts';

const RBAC = { group: 'rbac.authorization.k8s.io' };
const ROLE_RULES: ResourceRules = { nameSyntax: 'path-segment' };
const BINDING_RULES: ResourceRules = {
  nameSyntax: 'path-segment',
  applyDefaults: applyBindingDefaults,
  validate: validateBinding,
  validateUpdate: validateBindingUpdate,
};

export const RBAC_KINDS: readonly ResourceDefinition[] = [
  define({ ...RBAC, kind: 'Role', resource: 'roles', rules: ROLE_RULES }),
  define({ ...RBAC, kind: 'RoleBinding', resource: 'rolebindings', rules: BINDING_RULES }),
  define({ ...RBAC, kind: 'ClusterRole', resource: 'clusterroles', clusterScoped: true, rules: ROLE_RULES }),
  define({ ...RBAC, kind: 'ClusterRoleBinding', resource: 'clusterrolebindings', clusterScoped: true, rules: BINDING_RULES }),
];

function review(group: string, kind: string, isNamespaced = false): ResourceDefinition {
  return define({ group, kind, resource: `${kind.toLowerCase()}s`, clusterScoped: !isNamespaced, verbs: ['create'], isReview: true });
}

export const REVIEW_KINDS: readonly ResourceDefinition[] = [
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'TokenReview'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];
