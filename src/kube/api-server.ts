import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { UserInfo } from '../model/user.ts';
import type { FieldMask } from './field-mask.ts';
import type { WatchStream } from './watch-event.ts';

/**
 * One cluster's API server, in the words of Kubernetes. A port: implemented over HTTP for real clusters
 * (`kube/http`) and by our own API-server core (`apiserver`); one conformance suite holds both to this text.
 *
 * Every method throws `ApiError` and nothing else, except that an abort by the caller's `signal` rejects
 * with the signal's reason (a watch ends instead). Objects handed out belong to the caller.
 */
export interface ApiServer {
  /**
   * One page. Follow `continue` for the rest: all pages show the state at `resourceVersion` of the first.
   * Throws `gone` when the continue token has expired: list anew from the first page.
   */
  list(resource: Resource, options?: ListOptions): Promise<ListPage>;

  /**
   * Every event after `options.resourceVersion`, in order, for one resource.
   * Ends normally when the server closes the stream, also in the middle of a line: watch again from the
   * last version seen. Throws `gone` when the version has left the history: list again. Throws
   * `unreachable` for network trouble, `throttled`, `forbidden`, ... as answered. Ends within one event
   * when `signal` fires and never throws for that.
   */
  watch(resource: Resource, options: WatchOptions): WatchStream;

  get(resource: Resource, name: ObjectName, options?: RequestOptions): Promise<KubeObject>;
  /** `options.subresource` creates e.g. an "eviction" or a "token" of the object named in the body. */
  create(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** Replaces the object; its `metadata.resourceVersion`, if set, must be the present one, else `conflict`. */
  update(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  patch(resource: Resource, name: ObjectName, patch: Patch, options?: WriteOptions): Promise<KubeObject>;
  /**
   * The object as it was or, while finalizers or a grace period hold it, as it now is. Servers tell no more
   * than kind, name and uid of most objects that are gone: count on nothing else.
   */
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<KubeObject>;
  /** Deletes a pod unless a disruption budget forbids it: then `throttled`. */
  evict(pod: ObjectName, options?: DeleteOptions): Promise<void>;

  /** Every kind served, each at every served version; the preferred version of a group first. */
  discover(options?: RequestOptions): Promise<Resource[]>;
  /** What GET /version says. */
  version(options?: RequestOptions): Promise<{ readonly gitVersion: string }>;

  /** May that user do this here? */
  reviewAccess(user: UserInfo, access: AccessAttributes, options?: RequestOptions): Promise<AccessReview>;
  /** May the caller (or who it impersonates) do this here? */
  reviewOwnAccess(access: AccessAttributes, options?: RequestOptions): Promise<AccessReview>;
  /** Whose token is this, for which audiences? `user` is undefined when the token is not accepted. */
  reviewToken(token: string, audiences: readonly string[], options?: RequestOptions): Promise<TokenReview>;

  /** Lets go of connections. Calls in flight fail as `unreachable`. */
  close(): Promise<void>;
}

/** `namespace` is absent for cluster-scoped kinds. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Act as this user: RBAC, admission and audit of the cluster see them. */
  readonly impersonate?: UserInfo;
  /** Sent as `Audit-ID`, so that our record and the cluster's share a key. */
  readonly auditId?: string;
  /** Milliseconds until an answer must have begun; default 30,000 (a watch: for its headers). */
  readonly timeoutMs?: number;
}

export interface ListOptions extends RequestOptions {
  /** Absent: all namespaces (or a cluster-scoped kind). */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects in one page; absent: all. */
  readonly limit?: number;
  readonly continue?: string;
  /** Absent: the most recent state. "0": any. Otherwise as `resourceVersionMatch` says. */
  readonly resourceVersion?: ResourceVersion;
  readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact';
  /** What the caller reads of each object, besides its identity; a hint. */
  readonly fields?: FieldMask;
  /** Nothing but their metadata is asked for; a server that cannot leave the rest out sends it all the same. */
  readonly metadataOnly?: boolean;
}

export interface ListPage {
  readonly items: KubeObject[];
  readonly resourceVersion: ResourceVersion;
  /** Absent on the last page. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchOptions extends RequestOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion: ResourceVersion;
  /** The server closes the stream after this many seconds. */
  readonly timeoutSeconds?: number;
  /** Default true. */
  readonly allowWatchBookmarks?: boolean;
  /**
   * A list as a stream: what there is comes first, as `added`, then a bookmark that says `endsInitialEvents`. The
   * state is not older than `resourceVersion`. Throws `invalid` where the server does not know how.
   */
  readonly sendInitialEvents?: boolean;
  /** What the caller reads of each object, besides its identity; a hint. */
  readonly fields?: FieldMask;
}

export interface WriteOptions extends RequestOptions {
  /** Everything but the effect: validation, admission and defaulting included. */
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** What becomes of fields that the kind does not have: dropped in silence, with a warning, or refused as `invalid`. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** E.g. "status", "scale", "eviction". */
  readonly subresource?: string;
}

/** Both preconditions answer `conflict` when they do not hold. */
export interface DeleteOptions extends RequestOptions {
  readonly dryRun?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: ResourceVersion;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

/** A failed `test` of a JSON Patch answers `invalid`. Strategic merge exists for built-in kinds only. */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: JsonObject }
  | { readonly type: 'strategic'; readonly body: JsonObject }
  | { readonly type: 'apply'; readonly body: JsonObject; readonly force?: boolean };

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

export interface AccessAttributes {
  readonly verb: string;
  /** '' for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string;
  readonly name?: string;
}

export interface AccessReview {
  readonly allowed: boolean;
  readonly reason?: string;
}

export interface TokenReview {
  readonly user?: UserInfo;
  /** The audiences of the question that the token is good for. */
  readonly audiences: readonly string[];
  readonly error?: string;
}
