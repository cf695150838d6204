/**
 * Which members of an object are wanted: `true`, the member whole; a mask, these members of it, and of each of its
 * elements where it is a list. A hint for readers of large answers: an implementation may leave out everything else,
 * or nothing.
 */
export interface FieldMask {
  readonly [member: string]: true | FieldMask;
}
