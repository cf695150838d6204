/**
 * The value of a label. Use it for every key that comes from outside: a plain index would find what
 * every JavaScript object inherits ("constructor", "toString") instead of nothing.
 */
export function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
