import type { GraphContext } from './context.ts';
import { cursorOf, type Page, pageSize, readCursor, selectPage } from './pagination.ts';
import type { ClusterPart } from './parts.ts';
import type { Sorting } from './sorting.ts';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface ConnectionOptions<R> {
  readonly sorting: Sorting<R>;
  readonly page: PageArguments;
  /** Where `first` is null; default 50. */
  readonly defaultSize?: number;
  readonly parts: () => readonly ClusterPart[];
}

const DEFAULT_SIZE = 50;

/** One page of a list; read from the store when a field of it is asked for, once. */
export class Connection<R extends object> {
  readonly #rows: () => Iterable<R>;
  readonly #options: ConnectionOptions<R>;
  readonly #ctx: GraphContext;
  readonly #size: number;
  #page: Page<R> | undefined;

  /** Throws BAD_USER_INPUT or BAD_CURSOR at once, whatever is selected. */
  constructor(ctx: GraphContext, rows: () => Iterable<R>, options: ConnectionOptions<R>) {
    this.#ctx = ctx;
    this.#rows = rows;
    this.#options = options;
    this.#size = pageSize(options.page.first, options.defaultSize ?? DEFAULT_SIZE);
    if (options.page.after != null) this.#after();
  }

  get page(): Page<R> {
    this.#page ??= selectPage(this.#rows(), this.#options.sorting, this.#size, this.#after());
    return this.#page;
  }

  get parts(): readonly ClusterPart[] {
    return this.#options.parts();
  }

  cursorOf(row: R): string {
    return cursorOf(this.#ctx.seal, this.#options.sorting, row);
  }

  #after() {
    const { after } = this.#options.page;
    return after == null ? undefined : readCursor(this.#ctx.seal, this.#options.sorting, after);
  }
}
