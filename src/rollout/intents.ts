import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { operationsFor } from './field-changes.ts';
import { digestOf } from './json.ts';
import { LABELS_PATH, MARKER_LABEL, MARKER_PATH, markerOf, markerText } from './marker.ts';
import type { FieldChange, Intent, IntentOp } from './state.ts';
import type { Turn } from './turn.ts';
import { versionOf } from './workload-fields.ts';

/** Writes: described, guarded, sent once. */

export interface Write {
  readonly op: IntentOp;
  readonly changes: readonly FieldChange[];
  /** Pods that the brake lets be new after it. */
  readonly allowed?: number;
}

/** Records the intent and has it sent; `object` is what the server has just shown. */
export function send(turn: Turn, object: KubeObject, write: Write): void {
  const { status, spec, now } = turn;
  const sequence = status.sequence + 1;
  const id = markerText({ runId: spec.runId, epoch: status.epoch, sequence });
  const operations = [...guards(object, write.op), ...operationsFor(object, write.changes), ...markerOperations(object, write.op, id)];
  const present = markerOf(object);
  const intent: Intent = {
    id,
    op: write.op,
    step: status.currentStep,
    patch: operations,
    patchHash: digestOf(operations),
    epoch: status.epoch,
    actor: status.actor,
    createdAt: now,
    ...(write.op === 'CLAIM' || present === undefined ? { expectedVersion: versionOf(object) } : { expectedMarker: present }),
    ...(write.allowed !== undefined && { allowed: write.allowed }),
    outcome: 'pending',
  };
  turn.set({ sequence, intents: bounded([...status.intents, intent]) });
  turn.emit({ do: 'patch', intentId: id, target: spec.target, operations, actor: intent.actor });
}

/** Also of a plan, which knows no marker yet. */
export function guardedPatch(object: KubeObject, changes: readonly FieldChange[]): JsonPatchOperation[] {
  return [uidTest(object), ...operationsFor(object, changes)];
}

/**
 * Which object, whose, and as which spec: the server refuses the patch when any of it is otherwise. The claim has
 * no marker to test and tests the version. The generation covers fields whose absence no test can tell.
 */
function guards(object: KubeObject, op: IntentOp): JsonPatchOperation[] {
  const tests: JsonPatchOperation[] = [uidTest(object)];
  if (op === 'CLAIM') return [...tests, { op: 'test', path: '/metadata/resourceVersion', value: versionOf(object) }];
  tests.push({ op: 'test', path: MARKER_PATH, value: markerOf(object) ?? '' });
  const { generation } = object.metadata;
  if (op !== 'SEAL' && generation !== undefined) tests.push({ op: 'test', path: '/metadata/generation', value: generation });
  return tests;
}

function uidTest({ metadata }: KubeObject): JsonPatchOperation {
  return { op: 'test', path: '/metadata/uid', value: metadata.uid ?? '' };
}

function markerOperations({ metadata }: KubeObject, op: IntentOp, id: string): JsonPatchOperation[] {
  if (op === 'RELEASE') return [{ op: 'remove', path: MARKER_PATH }];
  if (metadata.labels === undefined) return [{ op: 'add', path: LABELS_PATH, value: { [MARKER_LABEL]: id } }];
  return [{ op: op === 'CLAIM' ? 'add' : 'replace', path: MARKER_PATH, value: id }];
}

const KEPT_INTENTS = 60;
const KEPT_PATCHES = 8;

/** Those still open are all kept; of those over the last ones, and the patches of fewer (their hashes stay). */
function bounded(intents: readonly Intent[]): Intent[] {
  const isOpen = ({ outcome }: Intent) => outcome === 'pending' || outcome === 'unknown';
  return intents
    .slice(-KEPT_INTENTS)
    .map((intent, at, kept) =>
      isOpen(intent) || at >= kept.length - KEPT_PATCHES || intent.patch.length === 0 ? intent : { ...intent, patch: [] },
    );
}

export function setIntent(turn: Turn, id: string, change: Partial<Intent>): void {
  turn.set({ intents: turn.status.intents.map((intent) => (intent.id === id ? { ...intent, ...change } : intent)) });
}
