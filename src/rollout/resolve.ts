import type { KubeObject } from '../model/kube-object.ts';
import { takeEffect } from './applied.ts';
import { send, setIntent } from './intents.ts';
import { isMarkerOf, markerOf } from './marker.ts';
import type { Intent } from './state.ts';
import type { Turn } from './turn.ts';
import { versionOf } from './workload-fields.ts';

/**
 * What became of patches whose answers were lost, as the object tells. One whose marker is there has taken
 * effect. One whose expected marker (for a claim: version) is gone never will. Any other may arrive yet.
 */
export function resolveIntents(turn: Turn, object: KubeObject): void {
  const present = markerOf(object);
  for (const intent of turn.status.intents.filter(({ outcome }) => outcome === 'unknown')) {
    if (hasTakenEffect(intent, present)) takeEffect(turn, intent, object);
    else if (isDead(intent, object, present))
      setIntent(turn, intent.id, { outcome: 'refused', message: 'It did not take effect, and cannot any more.' });
  }
}

/** Raises the marker, so that what may still be on its way is refused; nothing is decided before. */
export function sealOff(turn: Turn, object: KubeObject): void {
  if (isMarkerOf(turn.spec.runId, markerOf(object))) send(turn, object, { op: 'SEAL', changes: [] });
  // A second claim of the same version: whichever comes first makes the other one fail.
  else send(turn, object, { op: 'CLAIM', changes: [] });
}

function hasTakenEffect({ id, op, expectedMarker }: Intent, present: string | undefined): boolean {
  if (op !== 'RELEASE') return present === id;
  return present === undefined && expectedMarker !== undefined;
}

function isDead({ expectedMarker, expectedVersion }: Intent, object: KubeObject, present: string | undefined): boolean {
  return expectedMarker === undefined ? expectedVersion !== versionOf(object) : expectedMarker !== present;
}
