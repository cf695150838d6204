import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { type GroupResource, parseApiVersion } from '../model/resource.ts';
import type { UserInfo } from '../model/user.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { MASTERS, withAuthenticatedGroup } from './access/attributes.ts';
import type { AuditEvent } from './access/audit-event.ts';
import { AuditLog } from './access/audit-log.ts';
import { defaultRoles } from './access/default-roles.ts';
import { Gate } from './access/gate.ts';
import { RbacAuthoriser } from './access/rbac.ts';
import { type TokenUser, TokenUsers } from './access/token-users.ts';
import { serveCustomKinds } from './custom-kinds.ts';
import { expireEvents } from './event-expiry.ts';
import { InProcessClient } from './in-process-client.ts';
import { ResourceService } from './resource-service.ts';
import { BUILT_IN_KINDS } from './resources/built-in-kinds.ts';
import { collectionOf, type ResourceDefinition } from './resources/resource-definition.ts';
import { ResourceRegistry } from './resources/resource-registry.ts';
import { objectKey } from './store/collection.ts';
import { type Change, History } from './store/history.ts';
import { ObjectStore } from './store/object-store.ts';
import { type Storage, volatileStorage } from './store/storage.ts';
import { WatchHub } from './store/watch-hub.ts';
import { createObject } from './verbs/create.ts';
import type { ServerContext } from './verbs/target.ts';

export interface ApiServerCoreOptions {
  /** The cluster's name; part of no object. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Built-in kinds; default: all of `resources/built-in-kinds.ts`. Others come as CustomResourceDefinition objects. */
  readonly resources?: readonly ResourceDefinition[];
  /** Who may come in with which bearer token; default nobody. */
  readonly users?: readonly TokenUser[];
  /** Default: nothing outlives the process. */
  readonly storage?: Storage;
  /** How long changes can be watched and listed after the fact; default 20,000 changes, 5 minutes. */
  readonly history?: HistoryLimits;
  /** What GET /version says; default "v1.32.4". */
  readonly gitVersion?: string;
  /** Hears of every write that was answered, refused ones included; those of the superuser client are not told. */
  readonly onAudit?: (event: AuditEvent) => void;
}

export interface HistoryLimits {
  readonly maxChanges?: number;
  readonly maxAgeMs?: number;
}

export interface ClientOptions {
  /**
   * Hands out the store's own frozen objects instead of copies: for readers that never change what they get.
   * This is less than the port promises ("objects handed out belong to the caller"); default false.
   */
  readonly sharesObjects?: boolean;
}

const SUPERUSER: UserInfo = { username: 'system:apiserver', groups: [MASTERS] };
const FIRST_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** One cluster's API server, in this process. */
export class ApiServerCore {
  readonly name: string;
  readonly gitVersion: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Who may come in with a bearer token; may be added to at any time. */
  readonly tokens: TokenUsers;
  readonly audit: AuditLog;
  readonly registry: ResourceRegistry;
  /** All verbs, for carriers of requests; others use `client`. */
  readonly service: ResourceService;
  readonly gate: Gate;
  readonly #store: ObjectStore;
  readonly #hub: WatchHub;
  readonly #housekeeping: readonly Disposable[];

  constructor(options: ApiServerCoreOptions) {
    const { clock, random } = options;
    this.name = options.name;
    this.gitVersion = options.gitVersion ?? 'v1.32.4';
    this.clock = clock;
    this.random = random;
    this.tokens = new TokenUsers(options.users ?? [], clock);
    this.audit = new AuditLog(options.onAudit);
    this.registry = new ResourceRegistry(options.resources ?? BUILT_IN_KINDS);
    this.#store = storeOf(options);
    const authoriser = new RbacAuthoriser(this.#store);
    this.gate = new Gate({ authoriser, audit: this.audit, clock, random });
    this.#hub = new WatchHub({ store: this.#store, clock, random });
    const customKinds = serveCustomKinds({ store: this.#store, registry: this.registry, hub: this.#hub });
    this.#housekeeping = [customKinds, expireEvents(this.#store, clock)];
    const context = { store: this.#store, hub: this.#hub, registry: this.registry, clock, random };
    this.service = new ResourceService({ context, gate: this.gate, authoriser, tokens: this.tokens });
    createFirstObjects(context);
  }

  /** The port as `user` sees it. Absent: a superuser of group system:masters, whose rights are not looked up. */
  client(user?: UserInfo, options: ClientOptions = {}): ApiServer {
    return new InProcessClient({
      service: this.service,
      registry: this.registry,
      gitVersion: this.gitVersion,
      user: withAuthenticatedGroup(user ?? SUPERUSER),
      isTrusted: user === undefined,
      sharesObjects: options.sharesObjects ?? false,
      newAuditId: () => this.random.uuid(),
    });
  }

  /** The version of the last write. */
  get revision(): number {
    return this.#store.revision;
  }

  /** Watches that are open, of all clients. */
  get openWatches(): number {
    return this.#hub.size;
  }

  /** The present objects of a kind, in order of key: the store's own, frozen, at the storage version. No copies, no rights. */
  *objects(collection: GroupResource, namespace?: string): IterableIterator<KubeObject> {
    for (const { object } of this.#store.entries(collection, namespace)) yield object;
  }

  /** One object, as `objects` has it. */
  object(collection: GroupResource, name: string, namespace?: string): KubeObject | undefined {
    return this.#store.get(collection, objectKey(namespace, name));
  }

  /** Hears of every write, within the write and in order. Must not throw; a write made from here is told after this one. */
  onChange(listener: (change: Change) => void): Disposable {
    return this.#store.onChange(listener);
  }

  /** Forgets the changes up to `revision` (default: all): older watches and pages answer 410. */
  compact(revision = this.#store.revision): void {
    this.#store.compact(revision);
  }

  /** Ends every watch, as a server that closes its connections does; clients may come back at once. */
  closeWatches(): void {
    this.#hub.closeAll();
  }

  /** Ends every watch and lets go of the storage. */
  close(): void {
    for (const duty of this.#housekeeping) duty[Symbol.dispose]();
    this.#hub[Symbol.dispose]();
    this.#store.close();
  }
}

function storeOf({ storage, history = {}, clock }: ApiServerCoreOptions): ObjectStore {
  const { maxChanges = 20_000, maxAgeMs = 300_000 } = history;
  return new ObjectStore(
    storage ?? volatileStorage(),
    (compactedRevision) => new History({ clock, maxChanges, maxAgeMs, compactedRevision }),
  );
}

/** What a cluster has before anybody came: namespaces, roles and bindings. Nothing that is there already is touched. */
function createFirstObjects(context: ServerContext): void {
  const namespaces = FIRST_NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  for (const object of [...namespaces, ...defaultRoles()]) createIfAbsent(context, object);
}

function createIfAbsent(context: ServerContext, object: KubeObject): void {
  const { group, version } = parseApiVersion(object.apiVersion);
  const served = context.registry.findKind(group, version, object.kind);
  if (served === undefined || context.store.get(collectionOf(served.definition), object.metadata.name) !== undefined) return;
  createObject(context, { served, namespace: undefined, name: '' }, object, { dryRun: false });
}
