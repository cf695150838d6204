import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import { badRequest, expired, StatusError, tooLargeResourceVersion } from '../status.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { ObjectStore, StoredEntry } from './object-store.ts';
import { listOptionError, parseRevision } from './revisions.ts';
import type { Selection } from './selection.ts';

export interface PageQuery {
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
}

export interface Page {
  /** As stored: frozen, shared, at the storage version. */
  readonly items: readonly KubeObject[];
  readonly revision: number;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** One page of `collection`, pinned to the revision of its first page. Throws 410 when that has left the history. */
export function listPage(store: ObjectStore, collection: GroupResource, selection: Selection, query: PageQuery): Page {
  const start = query.continue ? continuedStart(store, query) : firstStart(store, query);
  const entries = entriesFrom(store, collection, selection, start);
  return pageOf(entries, selection, { limit: query.limit ?? 0, revision: start.revision });
}

interface Start {
  readonly revision: number;
  /** Entries up to and including this key were on earlier pages. */
  readonly after?: string;
}

function firstStart(store: ObjectStore, query: PageQuery): Start {
  const match = query.resourceVersionMatch ?? '';
  const asked = parseRevision(query.resourceVersion);
  checkMatch(match, asked, query.resourceVersion);
  if (asked !== undefined && asked > store.revision) throw tooLargeResourceVersion(asked, store.revision);
  const isExact = match === 'Exact' || (match === '' && asked !== undefined && asked > 0 && (query.limit ?? 0) > 0);
  return { revision: isExact && asked !== undefined ? asked : store.revision };
}

function checkMatch(match: string, asked: number | undefined, text: string | undefined): void {
  if (match === '') return;
  if (asked === undefined)
    throw listOptionError(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      'FieldValueForbidden',
    );
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    throw listOptionError(
      'resourceVersionMatch',
      `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`,
      'FieldValueNotSupported',
    );
  }
  if (match === 'Exact' && text === '0')
    throw listOptionError(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      'FieldValueForbidden',
    );
}

function continuedStart(store: ObjectStore, query: PageQuery): Start {
  if (query.resourceVersionMatch)
    throw listOptionError(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch is forbidden when continue is provided',
      'FieldValueForbidden',
    );
  if (query.resourceVersion && query.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const token = decodeContinue(query.continue ?? '');
  if (token.revision < 0) return { revision: store.revision, after: token.after };
  if (token.revision > store.revision) throw tooLargeResourceVersion(token.revision, store.revision);
  return token;
}

function entriesFrom(store: ObjectStore, collection: GroupResource, selection: Selection, start: Start): Iterable<StoredEntry> {
  try {
    return after(store.entriesAt(collection, selection.namespace, start.revision), start.after);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 'gone' || start.after === undefined) throw error;
    // The way out that the real server offers: go on from the same key over whatever is there now.
    throw expired(CONTINUE_EXPIRED, encodeContinue({ revision: -1, after: start.after }));
  }
}

function* after(entries: Iterable<StoredEntry>, key: string | undefined): IterableIterator<StoredEntry> {
  for (const entry of entries) if (key === undefined || entry.key > key) yield entry;
}

function pageOf(entries: Iterable<StoredEntry>, selection: Selection, { limit, revision }: { limit: number; revision: number }): Page {
  const items: KubeObject[] = [];
  let lastKey = '';
  let left = 0;
  for (const { key, object } of entries) {
    if (!selection.matches(object)) continue;
    if (limit > 0 && items.length === limit) {
      left += 1;
      if (!selection.isUnfiltered) break;
      continue;
    }
    items.push(object);
    lastKey = key;
  }
  if (left === 0) return { items, revision };
  const page = { items, revision, continue: encodeContinue({ revision, after: lastKey }) };
  return selection.isUnfiltered ? { ...page, remainingItemCount: left } : page;
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
