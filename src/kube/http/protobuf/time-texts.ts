import { UNREADABLE } from './unreadable-protobuf.ts';

/** A power of two. */
const SLOTS = 2_048;
/** The years 1 to 9999, which RFC 3339 can tell. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];
const NANOSECONDS = 1_000_000_000;

export type TimeTexts = ReturnType<typeof timeTexts>;

/** RFC 3339 of times as protobuf has them; those that come again are made once. Bounded: a slot holds one time, the last. */
export function timeTexts() {
  const seconds = new Float64Array(SLOTS).fill(Number.NaN);
  const texts: string[] = Array.from({ length: SLOTS }, () => '');

  /** `time` in seconds since 1970. Throws `UnreadableProtobuf` where a year would need a sign or five digits. */
  function of(time: number): string {
    const slot = time & (SLOTS - 1);
    if (seconds[slot] === time) return texts[slot] as string;
    if (!(time >= FIRST_SECOND && time <= LAST_SECOND)) throw UNREADABLE;
    const text = new Date(time * 1_000).toISOString().replace('.000Z', 'Z');
    seconds[slot] = time;
    texts[slot] = text;
    return text;
  }

  function withMicroseconds(time: number, nanoseconds: number): string {
    if (nanoseconds < 0 || nanoseconds >= NANOSECONDS) throw UNREADABLE;
    return `${of(time).slice(0, -1)}.${String(Math.trunc(nanoseconds / 1_000)).padStart(6, '0')}Z`;
  }

  return { of, withMicroseconds };
}
