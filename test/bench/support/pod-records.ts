import { projectPod } from '../../../src/fleet/projection/project-pod.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import type { PodRecord } from '../../../src/model/pod-record.ts';
import { CLUSTER, type podObject, podText, VERSION } from './pod-text.ts';

/** A pod's record as the reflector hands it over: every text its own, as parsed from an answer. */
export function podRecord(index: number, cluster = 0, version = 1_000_000_000): PodRecord {
  const text = podText(index).replaceAll(CLUSTER, cluster.toString(16).padStart(4, '0')).replace(`"${VERSION}"`, `"${version}"`);
  return projectPod(JSON.parse(text) as KubeObject, `c${cluster}`);
}

/** The record of a pod of any cluster, with places for the cluster's own texts; see `parsedFor`. */
export function podTemplate(index: number): PodRecord {
  return projectPod(JSON.parse(podText(index)) as KubeObject, CLUSTER);
}

export function parsedFor(template: string, cluster: number): PodRecord {
  return JSON.parse(template.replaceAll(CLUSTER, cluster.toString(16).padStart(CLUSTER.length, '0'))) as PodRecord;
}

/** A pod's record without the fields that the pods of the reference measurement do not have: containers, address, conditions. */
export function leanPodRecord(index: number, cluster = 0): PodRecord {
  const { ip: _, deletionRequestedAt: __, notReady: ___, unscheduled: ____, ...record } = podRecord(index, cluster);
  return { ...record, containers: [] };
}

/** The labels, owner and node by which a pod can be asked for. */
export function keysOf(index: number, cluster = 0) {
  const { labels, owner, nodeName, uid, status } = podRecord(index, cluster);
  return { hash: labels['pod-template-hash'] ?? '', ownerUid: owner?.uid ?? '', nodeName: nodeName ?? '', uid, status };
}

export function parsedPod(index: number): ReturnType<typeof podObject> {
  return JSON.parse(podText(index)) as ReturnType<typeof podObject>;
}
