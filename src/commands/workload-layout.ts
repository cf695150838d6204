import type { WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';

/** Where a kind keeps what people set, by JSON pointer; absent where it has no such thing. */
export interface WorkloadLayout {
  readonly replicas?: string;
  readonly pause?: string;
  readonly partition?: string;
  /** A partition may be a percentage. */
  readonly hasPercentPartition?: true;
}

const REPLICAS = '/spec/replicas';
const ROLLING = '/spec/updateStrategy/rollingUpdate';

const LAYOUTS: Readonly<Record<Exclude<WorkloadKind, 'CLONE_SET'>, WorkloadLayout>> = {
  DEPLOYMENT: { replicas: REPLICAS, pause: '/spec/paused' },
  STATEFUL_SET: { replicas: REPLICAS, partition: `${ROLLING}/partition` },
  DAEMON_SET: {},
  ADVANCED_STATEFUL_SET: { replicas: REPLICAS, pause: `${ROLLING}/paused`, partition: `${ROLLING}/partition` },
  ADVANCED_DAEMON_SET: { pause: `${ROLLING}/paused`, partition: `${ROLLING}/partition`, hasPercentPartition: true },
};

export function layoutOf({ workloadKind, apiVersion }: Pick<WorkloadRecord, 'workloadKind' | 'apiVersion'>): WorkloadLayout {
  if (workloadKind !== 'CLONE_SET') return LAYOUTS[workloadKind];
  // v1alpha1 keeps the brake beside the type; later versions keep it where every other kind does.
  const base = apiVersion.endsWith('/v1alpha1') ? '/spec/updateStrategy' : ROLLING;
  return { replicas: REPLICAS, pause: `${base}/paused`, partition: `${base}/partition`, hasPercentPartition: true };
}
