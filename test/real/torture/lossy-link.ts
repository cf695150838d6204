import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A TCP link on loopback to a server, which can be cut, stalled, slowed and closed. It sees bytes only, so a cut falls
 * wherever it falls: in the middle of a TLS record, of an HTTP/2 frame, of a line of a watch.
 */
export class LossyLink implements AsyncDisposable {
  readonly #target: URL;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Resolves when the link flows; undefined while it does. */
  #stalled: PromiseWithResolvers<void> | undefined;
  #isClosed = false;
  #delayMs = 0;
  #bytesUntilCut = Number.POSITIVE_INFINITY;
  #accepted = 0;
  #cuts = 0;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#carry(client));
  }

  static async to(target: string): Promise<LossyLink> {
    const link = new LossyLink(new URL(target));
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  /** Where to connect instead of to the server; the same name, so its certificate holds. */
  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections accepted so far, and cuts that met at least one. */
  get counts(): { readonly accepted: number; readonly cuts: number } {
    return { accepted: this.#accepted, cuts: this.#cuts };
  }

  /** Ends every connection now: `rst` at once and rudely, `fin` in order. What was on its way is lost. */
  cut(how: 'rst' | 'fin' = 'rst'): void {
    this.#bytesUntilCut = Number.POSITIVE_INFINITY;
    if (this.#open.size > 0) this.#cuts += 1;
    for (const socket of [...this.#open]) how === 'rst' ? socket.resetAndDestroy() : socket.destroy();
  }

  /** Cuts when so many more bytes have come from the server; the last piece passes in part. */
  cutAfter(bytes: number): void {
    this.#bytesUntilCut = bytes;
  }

  /** Nothing passes, nothing fails: a black hole. */
  stall(): void {
    this.#stalled ??= Promise.withResolvers<void>();
  }

  /** Takes `stall`, `slow` and `close` back. */
  heal(): void {
    this.#stalled?.resolve();
    this.#stalled = undefined;
    this.#delayMs = 0;
    this.#isClosed = false;
    this.#bytesUntilCut = Number.POSITIVE_INFINITY;
  }

  /** Every piece (at most 64 KiB) takes this long, in each direction. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Ends what is open and everything that is tried, until `heal`. */
  close(): void {
    this.#isClosed = true;
    this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    this.close();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(client: Socket): void {
    this.#accepted += 1;
    if (this.#isClosed) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: this.#target.hostname, port: Number(this.#target.port) });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(this.#passage(() => 0)).pipe(upstream);
    upstream.pipe(this.#passage((bytes) => bytes)).pipe(client);
  }

  /** One direction. `counted` says how many of its bytes count towards a cut. */
  #passage(counted: (bytes: number) => number): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        void this.#hold().then(() => {
          const left = this.#bytesUntilCut;
          this.#bytesUntilCut -= counted(piece.length);
          if (this.#bytesUntilCut > 0) return done(null, piece);
          done(null, piece.subarray(0, Math.max(0, left)));
          // Once: a second cut, a moment later, would take back the next `cutAfter`.
          if (left > 0) setImmediate(() => this.cut());
        });
      },
    });
  }

  async #hold(): Promise<void> {
    while (this.#stalled !== undefined) await this.#stalled.promise;
    if (this.#delayMs > 0) await sleep(this.#delayMs);
  }
}
