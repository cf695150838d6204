import { until } from '../controlplane/until.ts';
import type { FoldableMessage, StreamFold } from '../support/fold.ts';
import type { OpenStream } from './graphql-client.ts';

const openTimeoutMs = 20_000;

/** A subscription that is read in the background into a fold. */
export class FoldedStream<Row> implements AsyncDisposable {
  readonly fold: StreamFold<Row>;
  readonly messages: FoldableMessage[] = [];
  readonly #stream: OpenStream;
  readonly #reading: Promise<void>;
  #end: { readonly error?: string } | undefined;

  /** `root` is the subscription's field, `field` where a change carries its object; a fold that is handed in goes on. */
  constructor(stream: OpenStream, root: string, fold: StreamFold<Row>) {
    this.#stream = stream;
    this.fold = fold;
    this.#reading = this.#read(root);
  }

  /** Whether the stream has ended, with or without an error. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** What ended it, as text, if the other side did not complete it. */
  get error(): string | undefined {
    return this.#end?.error;
  }

  untilSynced(): Promise<unknown> {
    return this.until('SYNCED', () => this.messages.some(({ phase }) => phase === 'SYNCED'), openTimeoutMs);
  }

  async until(what: string, holds: () => boolean, timeoutMs: number): Promise<void> {
    try {
      await until(what, { timeoutMs }, async () => holds());
    } catch (error) {
      const phases = this.messages.map(({ phase }) => phase).slice(-20);
      throw new Error(`${what}; ended: ${this.ended} ${this.error ?? ''}; last phases: ${phases.join(' ')}`, { cause: error });
    }
  }

  /** Breaks the connection and waits for the reader to notice. */
  async cut(): Promise<void> {
    this.#stream.cut();
    await this.until('the end of a stream that was cut', () => this.ended, openTimeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.close();
    await this.#reading;
  }

  async #read(root: string): Promise<void> {
    try {
      for await (const { data, errors } of this.#stream.results) {
        if (errors !== undefined) throw new Error(errors.map((error) => JSON.stringify(error)).join('; '));
        const message = (data as Record<string, FoldableMessage>)[root];
        if (message === undefined) throw new Error(`no ${root} in a message`);
        this.messages.push(message);
        this.fold.take(message);
      }
      this.#end = {};
    } catch (error) {
      this.#end = { error: textOf(error) };
    }
  }
}

/** An Error, the errors of a GraphQL answer, or the close of a socket. */
function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error !== 'object' || error === null || !('code' in error)) return JSON.stringify(error);
  return `${String(error.code)} ${'reason' in error ? String(error.reason) : ''}`;
}
