import type { OwnerRef } from '../../model/object-record.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import { type NameParts, unpackSuffix } from './packing.ts';
import type { TextTable } from './text-table.ts';
import type { TupleDraft, TupleTable } from './tuple-table.ts';

/**
 * What the pods of one ReplicaSet (StatefulSet, CloneSet...) have in common. As a tuple: namespace, name before the
 * last hyphen, revision key, the owner's four texts, then a key and a value for each label.
 */
const NAMESPACE = 0;
const PREFIX = 1;
const REVISION = 2;
const OWNER = 3;
const OWNER_UID = 6;
const LABELS = 7;

/**
 * Stand for label values that repeat the pod's own name, or the end of it: `statefulset.kubernetes.io/pod-name`,
 * `apps.kubernetes.io/pod-index`, `apps.kruise.io/cloneset-instance-id`. So such pods still have everything in common.
 */
const OWN_NAME = 1;
const OWN_SUFFIX = 2;

export type LabelEntry = readonly [key: string, value: string | typeof OWN_NAME | typeof OWN_SUFFIX];

export interface PodGroup {
  readonly namespace: string;
  readonly prefix: string;
  readonly revisionKey: string | undefined;
  readonly owner: OwnerRef | undefined;
  /** Those of every pod of the group; undefined when they are not the same for all. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly entries: readonly LabelEntry[];
}

export function draftGroup(draft: TupleDraft, record: PodRecord, { prefix, suffix }: NameParts): TupleDraft {
  const { owner, labels, name } = record;
  draft.begin().text(record.namespace).text(prefix).text(record.revisionKey);
  draft.text(owner?.apiVersion).text(owner?.kind).text(owner?.name).text(owner?.uid);
  const end = suffix === 0 ? '' : name.slice(prefix.length + 1);
  for (const key of Object.keys(labels)) {
    const value = labels[key] as string;
    draft.text(key);
    if (value === name) draft.number(OWN_NAME);
    else if (value === end && end !== '') draft.number(OWN_SUFFIX);
    else draft.text(value);
  }
  return draft;
}

export function readGroup(tuples: TupleTable, id: number): PodGroup {
  const entries = labelEntries(tuples, id);
  const isShared = entries.every(([, value]) => typeof value === 'string');
  return {
    namespace: tuples.textAt(id, NAMESPACE) ?? '',
    prefix: tuples.textAt(id, PREFIX) ?? '',
    revisionKey: tuples.textAt(id, REVISION),
    owner: ownerAt(tuples, id),
    labels: isShared ? labelsOf(entries, '', 0) : undefined,
    entries,
  };
}

/** Whether the record is of this group, as far as can be told at a glance: `false` means "look closer". */
export function isSurelyOf(group: PodGroup, record: PodRecord, { prefix }: NameParts): boolean {
  return group.prefix === prefix && group.namespace === record.namespace && isSurelyLike(group, record);
}

/** The same of a record that has the name of a pod of the group. */
export function isSurelyLike({ labels, revisionKey, owner }: PodGroup, record: PodRecord): boolean {
  return (
    labels !== undefined && revisionKey === record.revisionKey && isSameOwner(owner, record.owner) && haveSameLabels(labels, record.labels)
  );
}

function isSameOwner(one: OwnerRef | undefined, other: OwnerRef | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  return one.uid === other.uid && one.name === other.name && one.kind === other.kind && one.apiVersion === other.apiVersion;
}

/** Every label of `some` is a text; what an object inherits is none, so a value that is equal is its own. */
function haveSameLabels(some: PodRecord['labels'], others: PodRecord['labels']): boolean {
  if (some === others) return true;
  let left = 0;
  for (const key in some) {
    if (some[key] !== others[key]) return false;
    left += 1;
  }
  for (const _ in others) left -= 1;
  return left === 0;
}

/** The labels of one pod of a group. */
export function labelsOf(entries: readonly LabelEntry[], name: string, suffix: number): Readonly<Record<string, string>> {
  // fromEntries defines its members, so a label called __proto__ stays a label.
  return Object.fromEntries(entries.map(([key, value]) => [key, ownValue(value, name, suffix)]));
}

function ownValue(value: LabelEntry[1], name: string, suffix: number): string {
  if (value === OWN_NAME) return name;
  return value === OWN_SUFFIX ? unpackSuffix(suffix) : value;
}

/** Where a group is found: by its namespace, its owner and its labels, as numbers of texts. */
export interface GroupKeys {
  readonly namespace: number;
  readonly owner: number | undefined;
  readonly labels: readonly number[];
}

export function keysOfGroup(tuples: TupleTable, id: number): GroupKeys {
  const owner = tuples.word(id, OWNER_UID);
  const labels: number[] = [];
  for (let at = LABELS; at < tuples.length(id); at += 2) labels.push(labelKey(tuples.word(id, at), tuples.word(id, at + 1)));
  return { namespace: tuples.word(id, NAMESPACE), owner: owner === 0 ? undefined : owner, labels };
}

/** The namespace and name before the hyphen: with the suffix, what a name is found by. */
export function nameWords(tuples: TupleTable, id: number): readonly [namespace: number, prefix: number] {
  return [tuples.word(id, NAMESPACE), tuples.word(id, PREFIX)];
}

/** Labels with this key that may have this value: those that name it, and those that repeat a pod's own name. */
export function labelKeysFor(texts: TextTable, key: string, value: string): readonly number[] {
  const keyWord = textWord(texts, key);
  if (keyWord === undefined) return [];
  const valueWord = textWord(texts, value);
  return [...(valueWord === undefined ? [] : [valueWord]), OWN_NAME * 2, OWN_SUFFIX * 2].map((word) => labelKey(keyWord, word));
}

export function textWord(texts: TextTable, text: string): number | undefined {
  const id = texts.find(text);
  return id === undefined ? undefined : id * 2 + 1;
}

/** Exact below 2^26 texts: as many as would fill the heap. */
function labelKey(key: number, value: number): number {
  return key * 2 ** 27 + value;
}

function labelEntries(tuples: TupleTable, id: number): LabelEntry[] {
  const entries: LabelEntry[] = [];
  for (let at = LABELS; at < tuples.length(id); at += 2) {
    const value = tuples.word(id, at + 1);
    const key = tuples.textAt(id, at) ?? '';
    if (value === OWN_NAME * 2) entries.push([key, OWN_NAME]);
    else if (value === OWN_SUFFIX * 2) entries.push([key, OWN_SUFFIX]);
    else entries.push([key, tuples.textAt(id, at + 1) ?? '']);
  }
  return entries;
}

function ownerAt(tuples: TupleTable, id: number): OwnerRef | undefined {
  const uid = tuples.textAt(id, OWNER_UID);
  if (uid === undefined) return undefined;
  const [apiVersion = '', kind = '', name = ''] = [0, 1, 2].map((at) => tuples.textAt(id, OWNER + at));
  return { apiVersion, kind, name, uid };
}
