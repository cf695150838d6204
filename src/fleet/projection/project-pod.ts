import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import { rawCondition } from './conditions.ts';
import { containersOf, imagesOf } from './containers.ts';
import { annotationOf, envelopeOf, ownerOf } from './envelope.ts';
import { type FlawReport, fieldsAt, ignoreFlaws, instantAt, isFields, type Mutable, messageAt, numberAt, textAt } from './fields.ts';
import { kubectlPodStatus } from './kubectl-pod-status.ts';

/** Total: whatever is missing or of another type than promised becomes a default and is reported to `flaw`. */
export function projectPod(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): PodRecord {
  const metadata = fieldsAt(object, 'metadata', flaw);
  const spec = fieldsAt(object, 'spec', flaw);
  const status = fieldsAt(object, 'status', flaw);
  const printed = kubectlPodStatus(metadata, spec, status);
  const pod: Mutable<PodRecord> = {
    ...envelopeOf(object, cluster, 'pods', flaw),
    phase: textAt(status, 'phase', flaw) ?? 'Unknown',
    status: printed.status === '' ? 'Unknown' : printed.status,
    ready: false,
    readyContainers: printed.readyContainers,
    totalContainers: printed.totalContainers,
    restarts: printed.restarts,
    images: imagesOf(spec, flaw),
    containers: containersOf(spec, status, flaw),
  };
  addPlace(pod, spec, status, flaw);
  const owner = ownerOf(object, flaw);
  if (owner !== undefined) pod.owner = owner;
  addReadiness(pod, status, flaw);
  addRevision(pod, metadata, flaw);
  addInPlaceUpdate(pod, metadata, status, flaw);
  return pod;
}

function addPlace(pod: Mutable<PodRecord>, spec: JsonObject, status: JsonObject, flaw: FlawReport): void {
  const ip = textAt(status, 'podIP', flaw);
  const nodeName = textAt(spec, 'nodeName', flaw);
  const startedAt = instantAt(status, 'startTime', flaw);
  if (ip !== undefined) pod.ip = ip;
  if (nodeName !== undefined) pod.nodeName = nodeName;
  if (startedAt !== undefined) pod.startedAt = startedAt;
}

function addReadiness(pod: Mutable<PodRecord>, status: JsonObject, flaw: FlawReport): void {
  const ready = rawCondition(status, 'Ready');
  if (ready !== undefined) {
    pod.ready = ready['status'] === 'True';
    if (!pod.ready) pod.notReady = notReadyOf(ready, flaw);
    else addReadySince(pod, ready, flaw);
  }
  const scheduled = rawCondition(status, 'PodScheduled');
  if (scheduled?.['status'] !== 'False') return;
  const message = messageAt(scheduled, 'message', flaw);
  const reason = textAt(scheduled, 'reason', flaw) ?? 'Unschedulable';
  pod.unscheduled = message === undefined ? { reason } : { reason, message };
}

function addReadySince(pod: Mutable<PodRecord>, ready: JsonObject, flaw: FlawReport): void {
  const since = instantAt(ready, 'lastTransitionTime', flaw);
  if (since !== undefined) pod.readySince = since;
}

function notReadyOf(ready: JsonObject, flaw: FlawReport): NonNullable<PodRecord['notReady']> {
  const notReady: Mutable<NonNullable<PodRecord['notReady']>> = {};
  const reason = textAt(ready, 'reason', flaw);
  const message = messageAt(ready, 'message', flaw);
  const since = instantAt(ready, 'lastTransitionTime', flaw);
  if (reason !== undefined) notReady.reason = reason;
  if (message !== undefined) notReady.message = message;
  if (since !== undefined) notReady.since = since;
  return notReady;
}

function addRevision(pod: Mutable<PodRecord>, metadata: JsonObject, flaw: FlawReport): void {
  const label = labelAt(pod, 'controller-revision-hash') ?? labelAt(pod, 'pod-template-hash');
  if (label !== undefined) pod.revisionKey = label.slice(label.lastIndexOf('-') + 1);
  const grace = numberAt(metadata, 'deletionGracePeriodSeconds', flaw);
  if (grace !== undefined) pod.deletionGracePeriodSeconds = grace;
}

function addInPlaceUpdate(pod: Mutable<PodRecord>, metadata: JsonObject, status: JsonObject, flaw: FlawReport): void {
  const lifecycleState = labelAt(pod, 'lifecycle.apps.kruise.io/state');
  if (lifecycleState !== undefined) addLifecycle(pod, lifecycleState, metadata, flaw);
  const gate = rawCondition(status, 'InPlaceUpdateReady');
  const grace = annotationOf(metadata, 'apps.kruise.io/inplace-update-grace', flaw);
  if (gate?.['status'] === 'False' || grace !== undefined) pod.inPlaceUpdating = true;
  const state = annotationOf(metadata, 'apps.kruise.io/inplace-update-state', flaw);
  if (state === undefined) return;
  const updatedAt = updateTimestampOf(state, flaw);
  if (updatedAt !== undefined) pod.inPlaceUpdatedAt = updatedAt;
}

function addLifecycle(pod: Mutable<PodRecord>, state: string, metadata: JsonObject, flaw: FlawReport): void {
  pod.lifecycleState = state;
  const timestamp = annotationOf(metadata, 'lifecycle.apps.kruise.io/timestamp', flaw);
  const since = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  if (!Number.isNaN(since)) pod.lifecycleSince = since;
}

function updateTimestampOf(annotation: string, flaw: FlawReport): number | undefined {
  try {
    const state: unknown = JSON.parse(annotation);
    if (isFields(state)) return instantAt(state, 'updateTimestamp', flaw);
  } catch {
    // Anybody may write annotations; a broken one says nothing.
  }
  flaw('inplace-update-state');
  return undefined;
}

function labelAt(pod: PodRecord, key: string): string | undefined {
  const value: unknown = pod.labels[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
