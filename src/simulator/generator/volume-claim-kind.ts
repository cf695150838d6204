import { statusOf } from '../../apiserver/resources/core-kinds.ts';
import { define } from '../../apiserver/resources/define.ts';
import type { ResourceDefinition } from '../../apiserver/resources/resource-definition.ts';

/** Claims of StatefulSets: served in a simulation, where somebody binds them. */
export const VOLUME_CLAIM_KIND: ResourceDefinition = define({
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  subresources: [statusOf('PersistentVolumeClaim')],
  rules: { hasStatus: true, keepsStatusOnCreate: true },
});
