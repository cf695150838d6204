/** For fast-check: a long search by `PROPERTY_RUNS=5000`, one story again by `PROPERTY_SEED=…`. */
export function propertyRuns(usual: number): { readonly numRuns: number; readonly seed?: number } {
  const seed = process.env['PROPERTY_SEED'];
  return { numRuns: Number(process.env['PROPERTY_RUNS'] ?? usual), ...(seed === undefined ? {} : { seed: Number(seed) }) };
}
