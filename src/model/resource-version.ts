/**
 * Version token that the API server puts on every object, e.g. "48213". Hand it back or compare for
 * equality; anything more goes through `compareResourceVersions`, the one place that knows the order.
 * Source: Kubernetes API concepts, resource versions; KEP-5504 (comparable from 1.35).
 */
export type ResourceVersion = string;

const DECIMAL = /^(0|[1-9][0-9]*)$/;

/**
 * Negative, zero or positive as `a` is older than, the same as or newer than `b`; undefined when either is
 * not a decimal integer (an aggregated server's opaque version), where only the order of a stream is to be
 * trusted. Compares without converting, so versions beyond 2^53 keep their order.
 */
export function compareResourceVersions(a: ResourceVersion, b: ResourceVersion): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
