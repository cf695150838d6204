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
import { type FlawReport, fieldsAt, ignoreFlaws, type Mutable, numberAt, textAt } from './fields.ts';
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
    generation: numberAt(metadata, 'generation', flaw) ?? 0,
    images: imagesOf(fieldsAt(template, 'spec', flaw), flaw),
    replicas: layout.counts(spec, status, flaw),
    strategy: layout.strategy(spec, flaw),
    minReadySeconds: layout.minReadySeconds(spec, flaw),
    selector: selectorText(selectorOf(fieldsAt(spec, 'selector', flaw), flaw)),
    templateDigest: templateDigest(template),
    conditions: conditionsOf(status, flaw),
  };
  addProgress(workload, spec, status, flaw);
  addRevisions(workload, layout, metadata, status, flaw);
  return workload;
}

function addProgress(workload: Mutable<WorkloadRecord>, spec: JsonObject, status: JsonObject, flaw: FlawReport): void {
  const observed = numberAt(status, 'observedGeneration', flaw);
  const deadline = numberAt(spec, 'progressDeadlineSeconds', flaw);
  if (observed !== undefined) workload.observedGeneration = observed;
  if (deadline !== undefined) workload.progressDeadlineSeconds = deadline;
}

function addRevisions(
  workload: Mutable<WorkloadRecord>,
  layout: WorkloadLayout,
  metadata: JsonObject,
  status: JsonObject,
  flaw: FlawReport,
): void {
  const current = textAt(status, 'currentRevision', flaw);
  const update = firstText(status, layout.updateRevisionFields, flaw);
  const number = Number(annotationOf(metadata, REVISION_ANNOTATION, flaw));
  if (current !== undefined) workload.currentRevision = current;
  if (update !== undefined) workload.updateRevision = update;
  if (Number.isSafeInteger(number) && number > 0) workload.revisionNumber = number;
}

function firstText(status: JsonObject, fields: readonly string[], flaw: FlawReport): string | undefined {
  for (const field of fields) {
    const text = textAt(status, field, flaw);
    if (text !== undefined) return text;
  }
  return undefined;
}

export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';
