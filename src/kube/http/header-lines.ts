import type { HeaderLines } from './transport.ts';

/** As Node takes headers, in both versions of HTTP: it sends an array as that many lines. */
export function groupLines(lines: HeaderLines): Record<string, string | string[]> {
  const grouped: Record<string, string | string[]> = {};
  for (const [name, value] of lines) {
    const before = grouped[name];
    grouped[name] = before === undefined ? value : [before, value].flat();
  }
  return grouped;
}
