import type { PodRecord } from '../../model/pod-record.ts';
import type { PodCollection } from '../graph-store.ts';
import type { RecordTable } from '../record-table.ts';
import { equalRecords } from '../records-equal.ts';
import { Buckets } from './buckets.ts';
import { joinName, type NameParts, splitName } from './packing.ts';
import { PodCells } from './pod-cells.ts';
import {
  draftGroup,
  isSurelyLike,
  isSurelyOf,
  keysOfGroup,
  labelKeysFor,
  labelsOf,
  type PodGroup,
  readGroup,
  textWord,
} from './pod-group.ts';
import { PodIndexes } from './pod-indexes.ts';
import { FLAG, POD } from './pod-layout.ts';
import { hasSameCells, shareContainerTexts, takeOverTexts } from './pod-likeness.ts';
import { PodNames } from './pod-names.ts';
import { draftProfile, isSurelyIn, type PodProfile, readProfile, statusWord } from './pod-profile.ts';
import { restOf } from './pod-rest.ts';
import { PodUids } from './pod-uids.ts';
import { RecentBuckets } from './recent-buckets.ts';
import { RecordMemory } from './record-memory.ts';
import { Rows } from './rows.ts';
import type { SharedColumns } from './shared-columns.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The pods of one cluster in columns: about 100 bytes of its own a pod, and what it has in common with others once
 * (`pod-group.ts`, `pod-profile.ts`). Records are made when they are read, and stay what they are when the row changes.
 */
export class PodColumns implements RecordTable<PodRecord>, PodCollection {
  readonly resource = 'pods';
  readonly #cluster: string;
  readonly #shared: SharedColumns;
  readonly #rows = new Rows(POD.WIDTH);
  readonly #cells: PodCells;
  readonly #indexes = new PodIndexes();
  readonly #groups: Buckets<PodGroup>;
  readonly #profiles: Buckets<PodProfile>;
  readonly #nodes: Buckets<string>;
  readonly #uids: PodUids;
  readonly #names: PodNames;
  readonly #memory: RecordMemory<PodRecord>;
  readonly #recentGroups: RecentBuckets<PodGroup>;
  readonly #recentProfiles: RecentBuckets<PodProfile>;

  constructor(cluster: string, shared: SharedColumns, memory = new RecordMemory<PodRecord>()) {
    this.#cluster = cluster;
    this.#memory = memory;
    this.#shared = shared;
    const rows = this.#rows;
    this.#cells = new PodCells(rows, shared.texts);
    this.#groups = new Buckets({ shared, rows, word: POD.GROUP, chain: POD.GROUP_CHAIN, read: readGroup, onBucket: this.#onGroup });
    this.#profiles = new Buckets({
      shared,
      rows,
      word: POD.PROFILE,
      chain: POD.PROFILE_CHAIN,
      read: readProfile,
      onBucket: this.#onProfile,
    });
    this.#recentGroups = new RecentBuckets(this.#groups);
    this.#recentProfiles = new RecentBuckets(this.#profiles);
    this.#nodes = new Buckets({ shared, rows, word: POD.NODE, chain: POD.NODE_CHAIN, read: (nodes, id) => nodes.textAt(id, 0) ?? '' });
    this.#uids = new PodUids(rows, this.#cells, shared);
    this.#names = new PodNames(rows, this.#groups, shared);
  }

  get size(): number {
    return this.#uids.size;
  }

  get(namespace: string, name: string): PodRecord | undefined {
    const row = this.#names.find(namespace, name);
    return row === 0 ? undefined : this.#record(row);
  }

  byUid(uid: string): PodRecord | undefined {
    const row = this.#uids.find(uid);
    return row === 0 ? undefined : this.#record(row);
  }

  *all(): Iterable<PodRecord> {
    for (let row = 1; row < this.#rows.end; row += 1) if (this.#isLive(row)) yield this.#record(row);
  }

  inNamespace(namespace: string): Iterable<PodRecord> {
    return this.#recordsOf(this.#groups, this.#indexes.namespaces.of(textWord(this.#shared.texts, namespace)));
  }

  *namespaces(): Iterable<string> {
    for (const word of this.#indexes.namespaces.keys()) yield this.#shared.texts.text(word >>> 1);
  }

  ownedBy(ownerUid: string): Iterable<PodRecord> {
    return this.#recordsOf(this.#groups, this.#indexes.owners.of(textWord(this.#shared.texts, ownerUid)));
  }

  onNode(nodeName: string): Iterable<PodRecord> {
    return this.#recordsOf(this.#nodes, [this.#nodeBucket(nodeName)]);
  }

  countOnNode(nodeName: string): number {
    return this.#nodes.count(this.#nodeBucket(nodeName));
  }

  *withLabel(key: string, value: string): Iterable<PodRecord> {
    for (const label of labelKeysFor(this.#shared.texts, key, value))
      for (const pod of this.#recordsOf(this.#groups, this.#indexes.labels.of(label))) if (pod.labels[key] === value) yield pod;
  }

  withStatus(status: string): Iterable<PodRecord> {
    return this.#recordsOf(this.#profiles, this.#profilesOf(status));
  }

  countWithStatus(status: string): number {
    return Iterator.from(this.#profilesOf(status)).reduce((count, id) => count + this.#profiles.count(id), 0);
  }

  uidOf(namespace: string, name: string): string | undefined {
    const row = this.#names.find(namespace, name);
    return row === 0 ? undefined : this.#cells.uid(row);
  }

  held(uid: string): PodRecord | undefined {
    const row = this.#uids.find(uid);
    return row === 0 ? undefined : (this.#memory.get(row) ?? this.#make(row));
  }

  /** Looks up what is kept rather than make the text of every uid that is held. */
  missingFrom(keep: readonly string[]): PodRecord[] {
    const isKept = new Uint8Array(this.#rows.end);
    let kept = 0;
    for (const uid of keep) {
      const row = this.#uids.find(uid);
      if (row === 0 || isKept[row] === 1) continue;
      kept += 1;
      isKept[row] = 1;
    }
    const missing: PodRecord[] = [];
    if (kept === this.size) return missing;
    for (let row = 1; row < isKept.length; row += 1)
      if (isKept[row] === 0 && this.#isLive(row)) missing.push(this.#memory.get(row) ?? this.#make(row));
    return missing;
  }

  set(record: PodRecord): PodRecord {
    const known = this.#uids.find(record.uid);
    const row = known === 0 ? this.#uids.insert(record.uid) : known;
    const containersBefore = this.#containerCount(row);
    this.#place(row, record, known === 0);
    this.#cells.write(row, record, restOf(record), containersBefore);
    if (!Object.isFrozen(record)) this.#share(row, record);
    // What has changed will change again, and is compared with then; what a list brings is not read soon.
    if (known === 0) this.#memory.forget(row);
    else this.#memory.remember(row, record);
    return record;
  }

  /** The way of nearly every event: each member is compared once, and what is shared already is not looked up again. */
  update(before: PodRecord, record: PodRecord): PodRecord | undefined {
    const row = this.#uids.find(record.uid);
    const profile = this.#profiles.value(this.#profiles.idOf(row));
    const staysInGroup = isSurelyLike(this.#groups.value(this.#groups.idOf(row)), record);
    const staysInProfile = isSurelyIn(profile, record);
    const rest = restOf(record);
    const isPlain = staysInGroup && staysInProfile && rest === undefined && this.#cells.rest(row) === undefined;
    if (isPlain ? hasSameCells(before, record) : equalRecords(before, record)) return undefined;
    if (!staysInGroup) this.#regroup(row, record, splitName(record.name));
    if (!staysInProfile) this.#profiles.move(row, draftProfile(this.#shared.draft, record));
    if (before.nodeName !== record.nodeName) this.#moveToNode(row, record.nodeName);
    this.#cells.write(row, record, rest, profile.containers.length);
    if (!Object.isFrozen(record)) takeOverTexts(this.#share(row, record), before);
    this.#memory.remember(row, record);
    return record;
  }

  delete(uid: string): void {
    const row = this.#uids.find(uid);
    if (row === 0) return;
    this.#uids.delete(row);
    this.#names.delete(row);
    this.#cells.clear(row, this.#containerCount(row));
    for (const buckets of [this.#groups, this.#profiles, this.#nodes]) buckets.move(row, undefined);
    this.#memory.forget(row);
    this.#rows.release(row);
  }

  move(record: PodRecord): void {
    const row = this.#uids.find(record.uid);
    if (row === 0) return;
    this.#cells.writeVersion(row, record);
    this.#memory.forget(row);
  }

  /** For tests of leaks. */
  get nodeCount(): number {
    return this.#nodes.size;
  }

  get ownerCount(): number {
    return this.#indexes.owners.size;
  }

  /** Groups, profiles and nodes held. */
  get sharedCount(): number {
    return this.#groups.size + this.#profiles.size + this.#nodes.size;
  }

  /** Bytes of the buffers: rows, hash indexes, what is shared. Texts are not among them. */
  get bufferBytes(): number {
    const parts = [this.#rows, this.#cells, this.#groups, this.#profiles, this.#nodes, this.#uids, this.#names];
    return parts.reduce((bytes, part) => bytes + part.bytes, 0);
  }

  #record(row: number): PodRecord {
    const known = this.#memory.get(row);
    if (known !== undefined) return known;
    const made = this.#make(row);
    this.#memory.remember(row, made);
    return made;
  }

  #make(row: number): PodRecord {
    const rows = this.#rows;
    const group = this.#groups.value(rows.get(row, POD.GROUP));
    const profile = this.#profiles.value(rows.get(row, POD.PROFILE));
    const suffix = rows.get(row, POD.SUFFIX);
    const name = joinName(group.prefix, suffix);
    const rest = this.#cells.rest(row);
    const pod: Draft<PodRecord> = {
      cluster: this.#cluster,
      resource: this.resource,
      apiVersion: profile.apiVersion,
      kind: profile.kind,
      namespace: group.namespace,
      name,
      uid: this.#cells.uid(row),
      resourceVersion: this.#cells.version(row),
      createdAt: rows.get(row, POD.CREATED) * 1_000,
      labels: group.labels ?? labelsOf(group.entries, name, suffix),
      phase: profile.phase,
      status: profile.status,
      ready: profile.ready,
      readyContainers: profile.readyContainers,
      totalContainers: profile.totalContainers,
      restarts: rows.get(row, POD.RESTARTS),
      images: profile.images,
      containers: this.#cells.containers(row, profile.containers, rest),
    };
    this.#addOptional(row, pod);
    if (group.owner !== undefined) pod.owner = group.owner;
    if (group.revisionKey !== undefined) pod.revisionKey = group.revisionKey;
    if (profile.lifecycleState !== undefined) pod.lifecycleState = profile.lifecycleState;
    return rest?.fields === undefined ? pod : Object.assign(pod, rest.fields);
  }

  /** Puts the row where it belongs. What most changes leave alone is looked at first: texts need not be found again. */
  #place(row: number, record: PodRecord, isNew: boolean): void {
    const parts = splitName(record.name);
    if (isNew) {
      this.#placeNew(row, record, parts);
      return;
    }
    const group = this.#groups.idOf(row);
    const profile = this.#profiles.idOf(row);
    const node = this.#nodes.idOf(row);
    const staysInGroup = this.#rows.get(row, POD.SUFFIX) === parts.suffix && isSurelyOf(this.#groups.value(group), record, parts);
    if (!staysInGroup) this.#regroup(row, record, parts);
    if (!isSurelyIn(this.#profiles.value(profile), record)) this.#profiles.move(row, draftProfile(this.#shared.draft, record));
    const nodeName = node === 0 ? undefined : this.#nodes.value(node);
    if (nodeName !== record.nodeName) this.#moveToNode(row, record.nodeName);
  }

  #placeNew(row: number, record: PodRecord, parts: NameParts): void {
    const group = this.#recentGroups.find((value) => isSurelyOf(value, record, parts));
    if (group === 0) {
      this.#regroup(row, record, parts);
      this.#recentGroups.note(this.#groups.idOf(row));
    } else {
      this.#groups.join(row, group);
      this.#nameRow(row, parts);
    }
    const profile = this.#recentProfiles.find((value) => isSurelyIn(value, record));
    if (profile === 0) {
      this.#profiles.move(row, draftProfile(this.#shared.draft, record));
      this.#recentProfiles.note(this.#profiles.idOf(row));
    } else this.#profiles.join(row, profile);
    if (record.nodeName !== undefined) this.#moveToNode(row, record.nodeName);
  }

  #regroup(row: number, record: PodRecord, parts: NameParts): void {
    if (this.#groups.idOf(row) !== 0) this.#names.delete(row);
    this.#groups.move(row, draftGroup(this.#shared.draft, record, parts));
    this.#nameRow(row, parts);
  }

  /** Of a row that is in its group. */
  #nameRow(row: number, { suffix }: NameParts): void {
    this.#rows.set(row, POD.SUFFIX, suffix);
    this.#names.add(row);
  }

  #moveToNode(row: number, nodeName: string | undefined): void {
    this.#nodes.move(row, nodeName === undefined ? undefined : this.#shared.draft.begin().text(nodeName));
  }

  /** Gives the record the members that it has in common with others. */
  #share(row: number, record: Draft<PodRecord>): PodRecord {
    const { labels, owner } = this.#groups.value(this.#groups.idOf(row));
    const { images, containers } = this.#profiles.value(this.#profiles.idOf(row));
    record.images = images;
    shareContainerTexts(record.containers, containers);
    if (labels !== undefined) record.labels = labels;
    if (owner !== undefined) record.owner = owner;
    return record;
  }

  #addOptional(row: number, pod: Draft<PodRecord>): void {
    const rows = this.#rows;
    const ip = this.#cells.ip(row);
    const node = rows.get(row, POD.NODE);
    const started = rows.get(row, POD.STARTED);
    const readySince = rows.get(row, POD.READY_SINCE);
    if (ip !== undefined) pod.ip = ip;
    if (node !== 0) pod.nodeName = this.#nodes.value(node);
    if (started !== 0) pod.startedAt = started * 1_000;
    if (readySince !== 0) pod.readySince = readySince * 1_000;
  }

  /** The rows as they are when the first is asked for; one that is gone or has moved on since is left out. */
  *#recordsOf(buckets: Pick<Buckets<unknown>, 'rowsOf' | 'idOf'>, ids: Iterable<number>): Iterable<PodRecord> {
    for (const id of [...ids]) {
      if (id === 0) continue;
      for (const row of buckets.rowsOf(id)) if (buckets.idOf(row) === id && this.#isLive(row)) yield this.#record(row);
    }
  }

  #containerCount(row: number): number {
    const profile = this.#rows.get(row, POD.PROFILE);
    return profile === 0 ? 0 : this.#profiles.value(profile).containers.length;
  }

  #isLive(row: number): boolean {
    return (this.#rows.get(row, POD.FLAGS) & FLAG.LIVE) !== 0;
  }

  /** 0: no pod is there. */
  #nodeBucket(nodeName: string): number {
    const word = textWord(this.#shared.texts, nodeName);
    return word === undefined ? 0 : this.#nodes.tuples.find([word]);
  }

  #profilesOf(status: string): Iterable<number> {
    return this.#indexes.statuses.of(textWord(this.#shared.texts, status));
  }

  #onGroup = (type: 'added' | 'removed', id: number): void => {
    const keys = keysOfGroup(this.#groups.tuples, id);
    if (type === 'added') this.#indexes.addGroup(id, keys);
    else {
      this.#indexes.removeGroup(id, keys);
      this.#recentGroups.forget(id);
    }
  };

  #onProfile = (type: 'added' | 'removed', id: number): void => {
    const status = statusWord(this.#profiles.tuples, id);
    if (type === 'added') this.#indexes.statuses.add(status, id);
    else {
      this.#indexes.statuses.remove(status, id);
      this.#recentProfiles.forget(id);
    }
  };
}
