const name = 'clonesets.apps.kruise.io';

export const definitionPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;

/** OpenKruise's kind as far as a reader needs it, without the program behind it. */
export const cloneSetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
  spec: {
    group: 'apps.kruise.io',
    scope: 'Namespaced',
    names: { plural: 'clonesets', singular: 'cloneset', kind: 'CloneSet', listKind: 'CloneSetList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
