import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { WorkloadRecord } from '../../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../../model/workload-resources.ts';
import { cloneSetLayout } from './clone-set.ts';
import { conditionsOf } from './conditions.ts';
import { imagesOf } from './containers.ts';
import { advancedDaemonSetLayout, daemonSetLayout } from './daemon-set.ts';
import { deploymentLayout } from './deployment.ts';
import { annotationOf, envelopeOf } from './envelope.ts';
import {
  countAt,
  type FlawReport,
  fieldsAt,
  ignoreFlaws,
  instantAt,
  isFields,
  itemsAt,
  MAX_COUNT,
  type Mutable,
  numberAt,
  textAt,
} from './fields.ts';
import { selectorOf, selectorText } from './selector.ts';
import { advancedStatefulSetLayout, statefulSetLayout } from './stateful-set.ts';
import { templateDigest } from './template-digest.ts';
import type { WorkloadLayout } from './workload-layout.ts';

const LAYOUTS: ReadonlyMap<GroupResource, WorkloadLayout> = new Map(
  [deploymentLayout, statefulSetLayout, daemonSetLayout, cloneSetLayout, advancedStatefulSetLayout, advancedDaemonSetLayout].map(
    (layout) => [WORKLOAD_RESOURCES[layout.kind], layout],
  ),
);

export function workloadLayoutFor(resource: GroupResource): WorkloadLayout | undefined {
  return LAYOUTS.get(resource);
}

/** Any of the six kinds, at any version that we know; the version is read from what the object has. */
export function projectWorkload(
  object: KubeObject,
  cluster: string,
  layout: WorkloadLayout,
  flaw: FlawReport = ignoreFlaws,
): WorkloadRecord {
  const spec = fieldsAt(object, 'spec', flaw);
  const status = fieldsAt(object, 'status', flaw);
  const metadata = fieldsAt(object, 'metadata', flaw);
  const template = fieldsAt(spec, 'template', flaw);
  const workload: Mutable<WorkloadRecord> = {
    ...envelopeOf(object, cluster, WORKLOAD_RESOURCES[layout.kind], flaw),
    workloadKind: layout.kind,
    generation: countAt(metadata, 'generation', flaw),
    images: imagesOf(fieldsAt(template, 'spec', flaw), flaw),
    replicas: layout.counts(spec, status, flaw),
    strategy: layout.strategy(spec, flaw),
    minReadySeconds: layout.minReadySeconds(spec, flaw),
    selector: selectorText(selectorOf(fieldsAt(spec, 'selector', flaw), flaw)),
    templateDigest: templateDigest(template),
    conditions: conditionsOf(status, flaw),
  };
  addProgress(workload, spec, status, flaw);
  addRevisions(workload, layout, status, flaw);
  addHistory(workload, metadata, flaw);
  return workload;
}

function addProgress(workload: Mutable<WorkloadRecord>, spec: JsonObject, status: JsonObject, flaw: FlawReport): void {
  const deadline = numberAt(spec, 'progressDeadlineSeconds', flaw);
  if (status['observedGeneration'] !== undefined) workload.observedGeneration = countAt(status, 'observedGeneration', flaw);
  if (deadline !== undefined) workload.progressDeadlineSeconds = deadline;
}

function addRevisions(workload: Mutable<WorkloadRecord>, layout: WorkloadLayout, status: JsonObject, flaw: FlawReport): void {
  const current = textAt(status, 'currentRevision', flaw);
  const update = firstText(status, layout.updateRevisionFields, flaw);
  if (current !== undefined) workload.currentRevision = current;
  if (update !== undefined) workload.updateRevision = update;
}

function addHistory(workload: Mutable<WorkloadRecord>, metadata: JsonObject, flaw: FlawReport): void {
  const number = revisionNumberOf(metadata, flaw);
  const writtenAt = specWrittenAt(metadata, flaw);
  if (number !== undefined) workload.revisionNumber = number;
  if (writtenAt !== undefined) workload.specWrittenAt = writtenAt;
}

/** The annotation that a Deployment shares with its ReplicaSets. */
export function revisionNumberOf(metadata: JsonObject, flaw: FlawReport): number | undefined {
  const number = Number(annotationOf(metadata, 'deployment.kubernetes.io/revision', flaw));
  return Number.isSafeInteger(number) && number > 0 && number <= MAX_COUNT ? number : undefined;
}

function specWrittenAt(metadata: JsonObject, flaw: FlawReport): number | undefined {
  let latest: number | undefined;
  for (const entry of itemsAt(metadata, 'managedFields', flaw)) {
    if (!isFields(entry) || entry['subresource'] === 'status') continue;
    const time = instantAt(entry, 'time', flaw);
    if (time !== undefined && (latest === undefined || time > latest)) latest = time;
  }
  return latest;
}

function firstText(status: JsonObject, fields: readonly string[], flaw: FlawReport): string | undefined {
  for (const field of fields) {
    const text = textAt(status, field, flaw);
    if (text !== undefined) return text;
  }
  return undefined;
}
