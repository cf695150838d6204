const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** The value of a Kubernetes quantity in its base unit; undefined for what is none. */
function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (SUFFIXES[match[2] ?? ''] ?? 1);
}

/** The sum of the quantities that parse, in whole units, or undefined when there is none. `binary`: bytes, written in Ki. */
export function sumQuantities(texts: Iterable<string | undefined>, unit: 'decimal' | 'binary'): string | undefined {
  let total: number | undefined;
  for (const text of texts) {
    const value = text === undefined ? undefined : parseQuantity(text);
    if (value !== undefined) total = (total ?? 0) + value;
  }
  if (total === undefined) return undefined;
  if (unit === 'binary') return `${Math.round(total / 1024)}Ki`;
  return Number.isInteger(total) ? String(total) : `${Math.round(total * 1000)}m`;
}
