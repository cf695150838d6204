/** How big a simulated fleet is, and which story it tells. */
export interface FleetSize {
  readonly clusters: number;
  /** About so many, over all clusters. */
  readonly pods: number;
  /** The same seed gives the same fleet and the same story. */
  readonly seed: number;
}

const DEFAULT_FLEET_SIZE: FleetSize = { clusters: 6, pods: 2000, seed: 7 };

export type FleetSizeResult =
  | { readonly size: FleetSize; readonly problems?: never }
  | { readonly size?: never; readonly problems: readonly string[] };

const LIMITS: Readonly<Record<keyof FleetSize, readonly [number, number]>> = {
  clusters: [1, 500],
  pods: [20, 200_000],
  seed: [0, 4_294_967_295],
};

/** "clusters=6,pods=2000,seed=7": any part may be missing. Every problem is listed, not only the first. */
export function parseFleetSize(text: string): FleetSizeResult {
  const given = new Map<string, number>();
  const problems = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => problemsOf(part, given));
  const size = { ...DEFAULT_FLEET_SIZE, ...Object.fromEntries(given) };
  const all = problems.length > 0 ? problems : tooSparse(size, given);
  return all.length > 0 ? { problems: all } : { size };
}

function problemsOf(part: string, given: Map<string, number>): string[] {
  const [key = '', value, ...rest] = part.split('=').map((word) => word.trim());
  const limits = Object.hasOwn(LIMITS, key) ? LIMITS[key as keyof FleetSize] : undefined;
  if (limits === undefined) return [`"${part}": there is no "${key}"; write clusters=N, pods=N or seed=N, separated by commas`];
  if (value === undefined || rest.length > 0 || !/^[0-9]+$/.test(value))
    return [`"${part}": ${key} takes a whole number, e.g. ${key}=${DEFAULT_FLEET_SIZE[key as keyof FleetSize]}`];
  const [least, most] = limits;
  if (Number(value) < least || Number(value) > most) return [`"${part}": ${key} must be between ${least} and ${most}`];
  if (given.has(key)) return [`"${part}": ${key} is given twice`];
  given.set(key, Number(value));
  return [];
}

/** Every cluster needs its add-ons; a fleet whose pods were not given takes as many as it needs. */
function tooSparse(size: { clusters: number; pods: number }, given: ReadonlyMap<string, number>): string[] {
  const needed = size.clusters * PODS_PER_CLUSTER;
  if (size.pods >= needed) return [];
  if (!given.has('pods')) {
    size.pods = needed;
    return [];
  }
  return [`"pods=${size.pods}": ${size.clusters} clusters need at least ${needed} pods, ${PODS_PER_CLUSTER} each`];
}

/** What the add-ons and the namespace shop of the smallest cluster take. */
const PODS_PER_CLUSTER = 20;
