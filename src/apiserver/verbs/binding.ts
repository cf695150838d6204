/** Binding: the scheduler's word on where a pod runs. */
import type { JsonObject } from '../../model/kube-object.ts';
import { arrayAt, stringAt } from '../json-value.ts';
import { collectionOf } from '../resources/resource-definition.ts';
import { conflict, invalid, successStatus } from '../status.ts';
import { required } from '../validation/field-errors.ts';
import { isTerminating, keyOf, type ServerContext, storedObject, type Target, timestampAt, type WriteMode } from './target.ts';

const POD_BINDING = { group: '', resource: 'pods/binding' };

/** Answers a Status. Throws 409 when the pod has a node already or is going away. */
export function bindPod(context: ServerContext, target: Target, body: unknown, mode: WriteMode): JsonObject {
  const node = stringAt(body, 'target', 'name');
  if (!node) throw invalid({ group: '', kind: 'Binding' }, target.name, [required('target.name')]);
  const pod = storedObject(context, target);
  const { name } = pod.metadata;
  if (isTerminating(pod)) throw conflict(POD_BINDING, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const present = stringAt(pod, 'spec', 'nodeName');
  if (present) throw conflict(POD_BINDING, name, `pod ${name} is already assigned to node "${present}"`);
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestampAt(context.clock.now()) };
  const conditions = [...arrayAt(pod, 'status', 'conditions').filter((other) => stringAt(other, 'type') !== 'PodScheduled'), condition];
  const bound = { ...pod, spec: { ...pod.spec, nodeName: node }, status: { ...pod['status'], conditions } };
  if (!mode.dryRun) context.store.put(collectionOf(target.served.definition), keyOf(target), bound);
  return { ...successStatus({}), code: 201 };
}
