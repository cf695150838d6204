/** A Kubernetes Event: kept in a bounded ring per cluster, newest last. Instants in milliseconds since 1970. */
export interface EventRecord {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** "Normal" or "Warning". */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstSeenAt?: number;
  readonly lastSeenAt?: number;
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
  };
}
