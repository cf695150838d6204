/**
 * Which lists of the built-in kinds merge by which key. Lists not named here are replaced as a whole.
 * Source: x-kubernetes-patch-merge-key and -patch-strategy in the OpenAPI of Kubernetes 1.36.
 */
import type { GroupResource } from '../../model/resource.ts';

export interface FieldMerge {
  /** The list's elements are told apart by this member; '' for a list of plain values. */
  readonly mergeKey?: string;
  /** The object is replaced as a whole (`patchStrategy: replace`). */
  readonly isReplaced?: boolean;
  /** What the object, or each element of the list, is made of. */
  readonly fields?: FieldMerges;
}

export type FieldMerges = { readonly [field: string]: FieldMerge };

const by = (mergeKey: string, fields?: FieldMerges): FieldMerge => ({ mergeKey, ...(fields && { fields }) });
const within = (fields: FieldMerges): FieldMerge => ({ fields });

const METADATA: FieldMerges = { finalizers: by(''), ownerReferences: by('uid') };
const CONDITIONS: FieldMerges = { conditions: by('type') };

const CONTAINER: FieldMerges = {
  env: by('name'),
  ports: by('containerPort'),
  volumeDevices: by('devicePath'),
  volumeMounts: by('mountPath'),
};

const CLAIM: FieldMerges = { metadata: within(METADATA), status: within(CONDITIONS) };

const POD_SPEC: FieldMerges = {
  containers: by('name', CONTAINER),
  initContainers: by('name', CONTAINER),
  ephemeralContainers: by('name', CONTAINER),
  hostAliases: by('ip'),
  imagePullSecrets: by('name'),
  resourceClaims: by('name'),
  schedulingGates: by('name'),
  topologySpreadConstraints: by('topologyKey'),
  volumes: by('name', { ephemeral: within({ volumeClaimTemplate: within({ metadata: within(METADATA) }) }) }),
};

const CONTAINER_STATUSES = within({ allocatedResourcesStatus: by('name'), volumeMounts: by('mountPath') });

const POD_STATUS: FieldMerges = {
  ...CONDITIONS,
  hostIPs: by('ip'),
  podIPs: by('ip'),
  resourceClaimStatuses: by('name'),
  containerStatuses: CONTAINER_STATUSES,
  initContainerStatuses: CONTAINER_STATUSES,
  ephemeralContainerStatuses: CONTAINER_STATUSES,
};

const TEMPLATE = within({ metadata: within(METADATA), spec: within(POD_SPEC) });

function object(spec: FieldMerges = {}, status: FieldMerges = CONDITIONS): FieldMerges {
  return { metadata: within(METADATA), spec: within(spec), status: within(status) };
}

const KINDS: Readonly<Record<GroupResource, FieldMerges>> = {
  pods: object(POD_SPEC, POD_STATUS),
  nodes: object({ podCIDRs: by('') }, { ...CONDITIONS, addresses: by('type') }),
  services: object({ ports: by('port') }),
  serviceaccounts: { metadata: within(METADATA), secrets: by('name') },
  'deployments.apps': object({ template: TEMPLATE }),
  'replicasets.apps': object({ template: TEMPLATE }),
  'statefulsets.apps': object({ template: TEMPLATE, volumeClaimTemplates: within(CLAIM) }),
  'daemonsets.apps': object({ template: TEMPLATE }),
  'poddisruptionbudgets.policy': object({ selector: { isReplaced: true } }),
};

/** How the members of a kind merge; kinds without lists of their own share metadata and conditions. */
export function mergeKeysOf(collection: GroupResource): FieldMerges {
  return Object.hasOwn(KINDS, collection) ? (KINDS[collection] ?? object()) : object();
}
