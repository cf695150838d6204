/** Instants are RFC 3339 in the hub and milliseconds since 1970 in the program. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function millisOf(instant: unknown): number | undefined {
  const ms = typeof instant === 'string' ? Date.parse(instant) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Kubernetes' MicroTime, as Leases have it. */
export function microTimeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}
