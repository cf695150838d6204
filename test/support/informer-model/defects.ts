/** One wrong line in the code under test: what is written there, and what a tired person might have written. */
export interface Defect {
  readonly name: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly right: string;
  readonly wrong: string;
}

const INGEST = 'src/fleet/ingest.ts';
const REFLECTOR = 'src/informer/reflector.ts';
const WATCH = 'src/informer/follow-watch.ts';
const PAGES = 'src/informer/read-list.ts';
const STREAM = 'src/informer/read-stream.ts';
const MOVES = 'src/informer/next-move.ts';
const STATUS = 'src/informer/reflector-status.ts';
const STORE = 'src/store/transaction.ts';

export const DEFECTS: readonly Defect[] = [
  {
    name: 'drop the fence: an older event displaces a newer object',
    file: STORE,
    right: 'if (present !== undefined && !isNews(record, present)) return;',
    wrong: '',
  },
  {
    name: 'trust a late delete',
    file: STORE,
    right: 'if (present !== undefined && isNewer(present.resourceVersion, resourceVersion)) return;',
    wrong: '',
  },
  {
    name: 'forget who has died: a late event raises the dead',
    file: STORE,
    right: 'if (this.#tables.graveyard.holds(record.resource, record.uid)) return;',
    wrong: '',
  },
  {
    name: 'do not write down who was deleted by a watch or missing from a list',
    file: STORE,
    right:
      'this.#tables.graveyard.bury(record.resource, record.uid);\n    this.#changes.delete(record.resource, record, finalStateUnknown);',
    wrong:
      'this.#changes.delete(record.resource, record, finalStateUnknown);\n    if (!finalStateUnknown) this.#tables.graveyard.exhume(record.resource, record.uid);',
  },
  {
    name: 'drop an object without telling the feed',
    file: STORE,
    right: 'this.#changes.delete(record.resource, record, finalStateUnknown);',
    wrong: '',
  },
  {
    name: 'ignore deletions of a watch in the store',
    file: STORE,
    right: 'if (present !== undefined) this.#drop(collection, present, false);',
    wrong: '',
  },
  {
    name: 'skip the sweep after the last page',
    file: INGEST,
    right: "if (this.#resource !== 'events') this.#ingest.add({ type: 'sweep', resource: this.#resource, keep: this.#kept() });",
    wrong: '',
  },
  {
    name: 'sweep after every page',
    file: INGEST,
    right: 'for (const object of objects) this.#takeListed(object);',
    wrong:
      "for (const object of objects) this.#takeListed(object);\n    this.#ingest.add({ type: 'sweep', resource: this.#resource, keep: this.#kept() });",
  },
  {
    name: 'advance the cursor before the commit, and lose what the commit refuses',
    file: INGEST,
    right: 'this.#options.onLost([...new Set(operations.map(resourceOf))]);',
    wrong: '',
  },
  {
    name: 'a list that begins anew remembers what its first try named',
    file: INGEST,
    right: 'this.#list = list;\n    this.#forgetNamed();',
    wrong: 'this.#list = list;',
  },
  {
    name: 'drop deletions on their way to the store',
    file: INGEST,
    right: "if (event.type === 'deleted') this.#takeDeleted(event.object);\n    else",
    wrong: "if (event.type !== 'deleted')",
  },
  {
    name: 'gather without ever committing the positions',
    file: INGEST,
    right: 'positions: [...this.#positions.values()] };',
    wrong: 'positions: [] };',
  },
  {
    name: 'read only the first page',
    file: PAGES,
    right: 'page = answer;',
    wrong: 'page = undefined;',
  },
  {
    name: 'lose the last object of each page',
    file: PAGES,
    right: 'sink.upsert(page.items.slice(from, to));',
    wrong: 'sink.upsert(page.items.slice(0, Math.max(1, page.items.length - 1)));',
  },
  {
    name: 'take the expiry of a page for the end of the list',
    file: PAGES,
    right: "throw isApiError(error, 'gone') && limit !== undefined ? new ContinueExpired() : error;",
    wrong: "if (isApiError(error, 'gone')) return { items: [], resourceVersion: '1' };\n    throw error;",
  },
  {
    name: 'never notice that the history went back',
    file: PAGES,
    right: "if (from === 'latest') return true;",
    wrong: "if (from === 'latest') return false;",
  },
  {
    name: 'watch from one version too far',
    file: REFLECTOR,
    right: "{ resourceVersion: this.#position.current ?? '0', timeoutSeconds",
    wrong: '{ resourceVersion: String(Number(this.#position.current) + 1), timeoutSeconds',
  },
  {
    name: 'pass over every deletion of a watch',
    file: WATCH,
    right: 'sink.apply(event, next);',
    wrong: "if (event.type !== 'deleted') sink.apply(event, next);",
  },
  {
    name: 'call the copy live while it is being listed',
    file: STATUS,
    right: "if (!isPoll) this.show('LISTING');",
    wrong: "this.show('LIVE');",
  },
  { name: 'do not say since when it is old', file: STATUS, right: '...(staleSince !== undefined && { staleSince }),', wrong: '' },
  { name: 'go on after stop', file: REFLECTOR, right: 'this.#stopped = true;\n    this.#interrupt();', wrong: 'this.#stopped = true;' },
  { name: 'leave a timer behind', file: REFLECTOR, right: 'using _confirmation = this.#confirmLater();', wrong: 'this.#confirmLater();' },
  {
    name: 'leave a stream open that was interrupted',
    file: 'src/informer/interruptible.ts',
    right: 'iterator.return?.().catch(() => {});',
    wrong: '',
  },
  {
    name: 'meet a lost history by watching again from it',
    file: MOVES,
    right: 'expired: listFromLatest,',
    wrong: 'expired: afterConnection,',
  },
  {
    name: 'hardly wait between tries',
    file: 'src/runtime/backoff.ts',
    right: 'return step * (0.5 + chance / 2);',
    wrong: 'return step * 0.002 * (1 + chance);',
  },
  {
    name: 'list from the old version after a lost history',
    file: MOVES,
    right: "expirations: expirations + 1, listFrom: 'latest' });",
    wrong: "expirations: expirations + 1, listFrom: 'last-seen' });",
  },
  {
    name: 'take any bookmark for the end of a list by stream',
    file: STREAM,
    right: 'event.endsInitialEvents === true',
    wrong: 'event.resourceVersion !== undefined',
  },
  { name: 'forget the last part of a list by stream', file: STREAM, right: 'page.flush();\n        checkNotOlder', wrong: 'checkNotOlder' },
  {
    name: 'take a list by stream for complete when it is cut',
    file: STREAM,
    right:
      "if (list === undefined) throw new ApiError('unreachable', 'the list ended before its end', { reason: 'ListCut' });\n    stream = { ...list, events };",
    wrong: "stream = { ...(list ?? { resourceVersion: '106', rest: [] }), events };",
  },
  {
    name: 'announce a change twice',
    file: 'src/store/in-memory-graph-store.ts',
    right: 'this.#listeners.announce(announced);',
    wrong: 'this.#listeners.announce(announced);\n    this.#listeners.announce(announced);',
  },
];
