const DAY_MS = 86_400_000;
/** Days from the first of March of the year 0 to 1970, as the calendar of today counts them. */
const EPOCH_DAY = 719_468;

/** What `Date.parse` says, sooner for times as Kubernetes writes them: 2025-06-15T10:20:30Z. */
export function instantOf(text: string): number {
  return text.length === 20 ? (plainInstantOf(text) ?? Date.parse(text)) : Date.parse(text);
}

function plainInstantOf(text: string): number | undefined {
  const year = twoDigitsAt(text, 0) * 100 + twoDigitsAt(text, 2);
  const month = twoDigitsAt(text, 5);
  const day = twoDigitsAt(text, 8);
  const hour = twoDigitsAt(text, 11);
  const minute = twoDigitsAt(text, 14);
  const second = twoDigitsAt(text, 17);
  // One that is none, or that not every month has, is judged by `Date.parse`. NaN is in no range.
  const isDate = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
  const isTime = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
  if (!isDate || !isTime || !hasItsSigns(text)) return undefined;
  return dayOf(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000;
}

function hasItsSigns(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':' && text[19] === 'Z';
}

/** NaN where there are none. */
function twoDigitsAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Since 1970. Years begin in March here, so that a leap day is the last of its year. */
function dayOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - EPOCH_DAY;
}
