import type { Clock } from '../../runtime/clock.ts';

export interface LivenessTiming {
  /** Nothing read for this long, in milliseconds: ask whether anybody is there. */
  readonly readIdleMs: number;
  /** Time to answer that, in milliseconds; then the connection is given up. */
  readonly pingTimeoutMs: number;
}

/** A connection, as far as one can see from here whether it lives. */
export interface WatchedConnection {
  bytesRead(): number;
  /** What was to be sent has not been taken by the operating system yet. */
  isBehind(): boolean;
  ping(): void;
  giveUp(): void;
}

/** How often in the time of `readIdleMs` the connection is looked at. */
const LOOKS = 10;
/** So many looks in a row at which nothing had come and nothing gone: it will not begin to move again. */
const STUCK_LOOKS = 2;

/**
 * Notices a peer that has silently gone. Bytes prove life, whatever they are: a PING may queue behind a large body.
 * Silence counts from the look before the one that first saw it, so that it is never longer than it is taken for.
 *
 * It notices, too, a connection of which the operating system knows the end and Node does not: when a write meets the
 * reset before a read does, the TLS layer (of Node 24) waits for that write for ever, and reads nothing meanwhile.
 */
export function watchLiveness(connection: WatchedConnection, clock: Clock, timing: LivenessTiming): Disposable {
  const everyMs = timing.readIdleMs / LOOKS;
  let read = connection.bytesRead();
  let [silentMs, stuckLooks] = [0, 0];
  let isAsked = false;
  let next = clock.after(everyMs, look);

  function look(): void {
    const present = connection.bytesRead();
    if (present !== read) [read, silentMs, stuckLooks, isAsked] = [present, everyMs, 0, false];
    else {
      silentMs += everyMs;
      stuckLooks = connection.isBehind() ? stuckLooks + 1 : 0;
    }
    if (silentMs >= timing.readIdleMs + timing.pingTimeoutMs || stuckLooks === STUCK_LOOKS) {
      connection.giveUp();
      return;
    }
    if (silentMs >= timing.readIdleMs && !isAsked) {
      isAsked = true;
      connection.ping();
    }
    next = clock.after(everyMs, look);
  }

  return { [Symbol.dispose]: () => next[Symbol.dispose]() };
}
