import type { WorkloadRecord } from '../model/workload-record.ts';

/** Something that is installed in many clusters under one name. */
export interface ComponentRow {
  readonly component: string;
}

/** One installation of a component: its workloads in one namespace of one cluster. Never empty; the first carries the version. */
export interface ComponentInstanceRow {
  readonly instanceOf: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workloads: readonly WorkloadRecord[];
}
