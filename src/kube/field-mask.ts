/**
 * Which members of an object are wanted: `true`, the member whole; INSTANT, a time; a mask, these members of it, and of
 * each of its elements where it is a list. A hint for readers of large answers: an implementation may leave out
 * everything else, or nothing.
 */
export interface FieldMask {
  readonly [member: string]: true | typeof INSTANT | FieldMask;
}

/** A time: where the wire tells it in numbers it comes as an `Instant` rather than as the text that JSON has. */
export const INSTANT = 'instant';

/** A time that never was a text. */
export class Instant {
  /** Since 1970. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}
