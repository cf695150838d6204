import { UNREADABLE } from './unreadable-protobuf.ts';

/** A power of two. */
const SLOTS = 2_048;
/** The years 1 to 9999, which RFC 3339 can tell. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];

const DAY_SECONDS = 86_400;
const DAY_SLOTS = 128;

const twoDigits = (number: number) => String(number).padStart(2, '0');
/** Of a day and of a minute, as they stand in a time. */
const MINUTES = Array.from({ length: 1_440 }, (_, minute) => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:`);
const SECONDS = Array.from({ length: 60 }, (_, second) => `${twoDigits(second)}Z`);

export type TimeTexts = ReturnType<typeof timeTexts>;

/** RFC 3339 of times as protobuf has them; those that come again are made once. Bounded: a slot holds one time, the last. */
export function timeTexts() {
  const seconds = new Float64Array(SLOTS).fill(Number.NaN);
  const texts: string[] = Array.from({ length: SLOTS }, () => '');
  const dateOf = dateTexts();

  /** `time` in seconds since 1970. Throws `UnreadableProtobuf` where a year would need a sign or five digits. */
  function of(time: number): string {
    const slot = time & (SLOTS - 1);
    if (seconds[slot] === time) return texts[slot] as string;
    checkSecond(time);
    const day = Math.floor(time / DAY_SECONDS);
    const second = time - day * DAY_SECONDS;
    const text = `${dateOf(day)}${MINUTES[Math.floor(second / 60)]}${SECONDS[second % 60]}`;
    seconds[slot] = time;
    texts[slot] = text;
    return text;
  }

  function withMicroseconds(time: number, nanoseconds: number): string {
    return `${of(time).slice(0, -1)}.${String(Math.trunc(nanoseconds / 1_000)).padStart(6, '0')}Z`;
  }

  return { of, withMicroseconds };
}

/** Returns a second since 1970. Throws `UnreadableProtobuf` where a year would need a sign or five digits. */
export function checkSecond(second: number): number {
  if (second >= FIRST_SECOND && second <= LAST_SECOND) return second;
  throw UNREADABLE;
}

/** The date of a day since 1970 and its "T", made once for days that come again. */
function dateTexts() {
  const days = new Float64Array(DAY_SLOTS).fill(Number.NaN);
  const texts: string[] = Array.from({ length: DAY_SLOTS }, () => '');
  return (day: number): string => {
    const slot = day & (DAY_SLOTS - 1);
    if (days[slot] !== day) {
      texts[slot] = new Date(day * DAY_SECONDS * 1_000).toISOString().slice(0, 'YYYY-MM-DDT'.length);
      days[slot] = day;
    }
    return texts[slot] as string;
  };
}
