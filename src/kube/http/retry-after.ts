/**
 * Milliseconds that a Retry-After header asks for, or undefined when it says nothing usable: it may be
 * seconds or an HTTP date; a date that has passed, a negative number and anything else count as absent.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^[0-9]+$/.test(text)) return secondsToMs(Number(text));
  // Only dates begin with a letter; Date.parse would also take "-5" or "1.5" for one.
  if (!/^[A-Za-z]{3,}/.test(text)) return undefined;
  const waitMs = Date.parse(text) - now;
  return waitMs > 0 ? Math.min(waitMs, LONGEST_MS) : undefined;
}

export function secondsToMs(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_MS) : undefined;
}

/** A server that asks for more than a day has a broken clock; timers end at 24.8 days. */
const LONGEST_MS = 86_400_000;
