/** The kinds that the hub keeps. Names here are public: clusters store them. */
import type { Resource } from '../model/resource.ts';

export const HUB_GROUP = 'fleetgraph.io';
export const HUB_VERSION = 'v1alpha1';
/** The namespace of everything below. */
export const HUB_NAMESPACE = 'fleetgraph';

const ours = (resource: string, kind: string): Resource => ({
  group: HUB_GROUP,
  version: HUB_VERSION,
  resource,
  kind,
  namespaced: true,
});

export const ROLLOUTS = ours('rollouts', 'Rollout');
export const OPERATIONS = ours('operations', 'Operation');

export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced: true };
export const NAMESPACES: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };
export const DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
