/**
 * Version token that the API server puts on every object, e.g. "48213". Hand it back or compare for
 * equality; anything more goes through `compareResourceVersions`, the one place that knows the order.
 * Source: Kubernetes API concepts, resource versions; KEP-5504 (comparable from 1.35).
 */
export type ResourceVersion = string;

/**
 * Negative, zero or positive as `a` is older than, the same as or newer than `b`; undefined when either is
 * not a decimal integer (an aggregated server's opaque version), where only the order of a stream is to be
 * trusted. Compares without converting, so versions beyond 2^53 keep their order.
 */
export function compareResourceVersions(a: ResourceVersion, b: ResourceVersion): number | undefined {
  if (a === b) return 0;
  if (!isDecimal(a) || !isDecimal(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** Digits, without a 0 in front. Not a regular expression: asked twice for every event. */
function isDecimal(version: ResourceVersion): boolean {
  if (version.length === 0 || (version.length > 1 && version.charCodeAt(0) === 48)) return false;
  for (let at = 0; at < version.length; at += 1) {
    const code = version.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
