import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { ContainerImage } from '../model/object-record.ts';

/** What somebody wants the pod template to become. */
export type RolloutChange =
  | { readonly images: readonly ContainerImage[] }
  /** Name, hash or number of a revision that the workload has had. */
  | { readonly revision: string }
  | { readonly restart: true }
  /** Of the pod template; lists of named things merge by name. */
  | { readonly strategicMergePatch: JsonObject }
  /** RFC 6902, of the pod template: paths begin at it. */
  | { readonly jsonPatch: readonly JsonPatchOperation[] };
