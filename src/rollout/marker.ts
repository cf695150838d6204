import type { KubeObject } from '../model/kube-object.ts';
import { labelOf } from '../model/labels.ts';
import { pointerOf } from './pointer.ts';

/**
 * The label by which a run owns a workload: `<runId>.<epoch>.<sequence>`. Each patch of ours tests the one before
 * and sets the next, so that the server itself refuses a late or superseded one. A label and no annotation:
 * an annotation raises a Deployment's generation and is copied to its ReplicaSets.
 */
export const MARKER_LABEL = 'fleetgraph.io/rollout';
export const LABELS_PATH = '/metadata/labels';
export const MARKER_PATH = LABELS_PATH + pointerOf(MARKER_LABEL);

export interface Marker {
  readonly runId: string;
  readonly epoch: number;
  readonly sequence: number;
}

export function markerText({ runId, epoch, sequence }: Marker): string {
  return `${runId}.${epoch}.${sequence}`;
}

export function parseMarker(text: string): Marker | undefined {
  const match = /^([a-z0-9]{1,20})\.(\d{1,15})\.(\d{1,15})$/.exec(text);
  const [, runId, epoch, sequence] = match ?? [];
  return runId === undefined ? undefined : { runId, epoch: Number(epoch), sequence: Number(sequence) };
}

export function markerOf({ metadata }: KubeObject): string | undefined {
  return labelOf(metadata.labels ?? {}, MARKER_LABEL);
}

export function isMarkerOf(runId: string, marker: string | undefined): boolean {
  return marker !== undefined && parseMarker(marker)?.runId === runId;
}
