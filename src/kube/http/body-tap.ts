import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ChunkedBody } from './chunked-body.ts';
import { deferred } from './deferred.ts';

const END_OF_HEADER = Buffer.from('\r\n\r\n');
/** More header than Node's parser takes: it shall say so. */
const MAX_HEADER_BYTES = 64 << 10;
/** Not 204, which ends at its header whatever that says. */
const CHUNKED_SUCCESS = /^HTTP\/1\.1 2(?!04)\d\d[\s\S]*\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n/i;
const LAST_CHUNK = Buffer.from('0\r\n');

type Parse = (this: Duplex, bytes: Buffer) => void;

/**
 * Takes the chunks of a successful answer's body from a connection before Node's HTTP parser does, which makes a copy
 * and a call of each: most of what a busy watch cost. The parser gets the header and what is behind the last chunk, so
 * whatever it checks and whatever becomes of the connection stays as it is; other answers are its own from the first byte.
 */
export class BodyTap {
  readonly #socket: Duplex;
  readonly #parse: Parse;
  readonly #chunks = new ChunkedBody();
  readonly #onReadable = () => this.#readOn();
  #header: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #isTapped = true;
  #response: IncomingMessage | undefined;
  readonly #waiting: Buffer[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Duplex, parse: Parse) {
    this.#socket = socket;
    this.#parse = parse;
    // Read from, not flowing: else a connection reads again and again before anything else of the process gets its turn.
    socket.off('data', parse).on('readable', this.#onReadable);
  }

  /** For a request that has just got its connection. Undefined where not the parser alone listens: it reads all by itself. */
  static on(socket: Duplex): BodyTap | undefined {
    const [parse, other] = socket.listeners('data');
    return parse === undefined || other !== undefined ? undefined : new BodyTap(socket, parse as Parse);
  }

  /** The body comes this way; known when there is a response. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The body, to be read once. Throws what broke it off, when all that came before has been read. */
  body(response: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
    this.#response = response.on('error', (error) => this.#fail(error)).once('close', () => this.#fail(brokenOff()));
    return this.#pieces(response);
  }

  async *#pieces(response: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const piece = this.#next();
        if (piece !== undefined) yield piece;
        else if (this.#isOver) return;
        else if (this.#failure !== undefined) throw this.#failure.error;
        else await this.#more();
      }
    } finally {
      if (!this.#isOver) response.destroy();
    }
  }

  #next(): Buffer | undefined {
    const piece = this.#waiting.shift();
    if (piece !== undefined) this.#readOn();
    return piece;
  }

  /** What has come is taken from the connection when what came before is taken from here: the rest waits with the server. */
  #readOn(): void {
    while (this.#isTapped && this.#waiting.length === 0) {
      // Of a connection that broke, too, which announces nothing any more.
      const bytes = this.#socket.read() as Buffer | null;
      if (bytes === null) return;
      this.#takeSafely(bytes);
    }
  }

  #more(): Promise<void> {
    const { promise, resolve } = deferred<void>();
    this.#wake = resolve;
    return promise;
  }

  /** What is thrown here would be nobody's, and end the process. */
  #takeSafely(bytes: Buffer): void {
    try {
      this.#take(bytes);
    } catch (error) {
      this.#fail(error);
      this.#socket.destroy();
    }
  }

  #take(bytes: Buffer): void {
    if (this.#isOpen) this.#takeChunks(bytes);
    else this.#takeHeader(this.#header.length === 0 ? bytes : Buffer.concat([this.#header, bytes]));
  }

  #takeHeader(bytes: Buffer): void {
    this.#header = bytes;
    const end = bytes.indexOf(END_OF_HEADER);
    if (end < 0 && bytes.length <= MAX_HEADER_BYTES) return;
    const bodyFrom = end + END_OF_HEADER.length;
    if (end < 0 || !CHUNKED_SUCCESS.test(bytes.toString('latin1', 0, bodyFrom))) {
      this.#giveBack(bytes);
      return;
    }
    this.#isOpen = true;
    this.#parse.call(this.#socket, bytes.subarray(0, bodyFrom));
    if (!this.#socket.destroyed) this.#takeChunks(bytes.subarray(bodyFrom));
  }

  #takeChunks(bytes: Buffer): void {
    const piece = this.#chunks.push(bytes);
    if (piece.length > 0) this.#waiting.push(piece);
    if (this.#chunks.rest !== undefined) this.#end(this.#chunks.rest);
    else if (this.#chunks.isMalformed) {
      this.#fail(new Error('the chunks of the answer are malformed'));
      this.#socket.destroy();
    }
    this.#wakeUp();
  }

  #end(rest: Buffer): void {
    // The parser says when it has ended, and that the connection is free for the next request.
    this.#response
      ?.once('end', () => {
        this.#isOver = true;
        this.#wakeUp();
      })
      .resume();
    this.#giveBack(Buffer.concat([LAST_CHUNK, rest]));
  }

  #giveBack(bytes: Buffer): void {
    this.#isTapped = false;
    const socket = this.#socket.off('readable', this.#onReadable);
    if (!hasParser(socket)) {
      // It broke behind the last chunk: nothing of the body is missing.
      this.#isOver = this.#isOpen;
      socket.destroy();
      return;
    }
    socket.on('data', this.#parse);
    this.#parse.call(socket, bytes);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Node takes it away where the answer ended for it: what comes then belongs to no answer. */
function hasParser(socket: Duplex & { readonly parser?: unknown }): boolean {
  return socket.parser !== undefined && socket.parser !== null;
}

function brokenOff(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
