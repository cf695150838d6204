import type { KubeObject } from '../../model/kube-object.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../../model/resource.ts';

/** A kind that the server serves, at one or more versions, with the rules that its objects obey. */
export interface ResourceDefinition {
  /** '' for the core group. */
  readonly group: string;
  /** Served versions, the preferred first. */
  readonly versions: readonly string[];
  /** The version under which objects are kept. */
  readonly storageVersion: string;
  /** Plural, lower case. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** "status", "scale", "eviction", ... */
  readonly subresources: readonly Subresource[];
  readonly verbs: readonly string[];
  readonly rules: ResourceRules;
  /** Where the scale sub-resource reads and writes. */
  readonly scale?: ScalePaths;
  /** Fields beyond metadata.name and metadata.namespace that field selectors may name. */
  readonly selectableFields?: readonly SelectableField[];
  /** Answers a question and stores nothing: access reviews, token reviews. */
  readonly isReview?: boolean;
  /** Where objects are kept when that is another definition's collection (events of events.k8s.io). */
  readonly collection?: GroupResource;
  /** A CustomResourceDefinition made it: its objects obey the rules for custom resources. */
  readonly isCustom?: boolean;
  /** Columns of a custom resource, as its CRD gives them, by version. */
  readonly printerColumns?: Readonly<Record<string, readonly PrinterColumn[]>>;
  /** Turns a stored object into the form served here and back; absent: only apiVersion differs. Neither changes its argument. */
  readonly convert?: { fromStored(object: KubeObject): KubeObject; toStored(object: KubeObject): KubeObject };
}

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Where the kind of the body lives when that is not the parent's group and version. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

/** Paths as arrays of member names. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** To a selector object (built-in kinds) or a selector text (custom resources). */
  readonly selector?: readonly string[];
}

export interface SelectableField {
  readonly name: string;
  read(object: KubeObject): string;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  readonly priority?: number;
}

/** What a broken rule answers: one entry of `details.causes`. */
export interface FieldError {
  readonly field: string;
  /** "FieldValueRequired", "FieldValueInvalid", ... */
  readonly reason: string;
  /** Worded as the real server words it: "Invalid value: -1: must be greater than or equal to 0". */
  readonly message: string;
}

/** Working copies handed to these functions are theirs to change; nothing else is. */
export interface ResourceRules {
  /** Names beyond DNS subdomains: "dns-label", "path-segment" (RBAC). */
  readonly nameSyntax?: 'dns-subdomain' | 'dns-label' | 'path-segment';
  /** The status member is written through the status sub-resource only. */
  readonly hasStatus?: boolean;
  /** With `hasStatus`: a status given at creation is kept (nodes). */
  readonly keepsStatusOnCreate?: boolean;
  /** metadata.generation is kept and grows with the desired state. */
  readonly hasGeneration?: boolean;
  /** What besides spec counts as desired state; default nothing. */
  changesGeneration?(next: KubeObject, previous: KubeObject): boolean;
  /** An update without resourceVersion is accepted. */
  readonly allowsUnconditionalUpdate?: boolean;
  /** Fills in what clients rely on; called on create and on every later write. */
  applyDefaults?(object: KubeObject): void;
  /** Called once at creation, after defaulting. */
  prepareCreate?(object: KubeObject): void;
  prepareUpdate?(next: KubeObject, previous: KubeObject): void;
  validate?(object: KubeObject): FieldError[];
  validateUpdate?(next: KubeObject, previous: KubeObject): FieldError[];
  /** Seconds of grace when the request names none; absent or 0: the object goes at once. */
  gracePeriodSeconds?(object: KubeObject, requested: number | undefined): number;
  /** DELETE answers the object instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** spec.finalizers hold a deletion too (namespaces). */
  readonly hasSpecFinalizers?: boolean;
}

export const ALL_VERBS: readonly string[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A definition at one of its versions: what a request is about. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly version: string;
}

/** Key of the collection in which objects of this kind are kept, whatever the version asked for. */
export function collectionOf(definition: Pick<ResourceDefinition, 'group' | 'resource' | 'collection'>): GroupResource {
  return definition.collection ?? groupResourceOf(definition);
}

export function toResource(definition: ResourceDefinition, version: string): Resource {
  const { group, resource, kind, namespaced } = definition;
  return { group, version, resource, kind, namespaced };
}
