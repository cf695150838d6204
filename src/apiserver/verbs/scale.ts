/** The `scale` sub-resource: the size of any workload, in one form. */
import type { Patch } from '../../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { formatLabelSelector, labelSelectorOf } from '../../model/label-selector.ts';
import { memberObject } from '../defaults/fill.ts';
import { cloneJson, numberAt, valueAt } from '../json-value.ts';
import { patched } from '../patch/apply-patch.ts';
import type { ResourceDefinition, ScalePaths } from '../resources/resource-definition.ts';
import { badRequest, invalid, noSuchResource } from '../status.ts';
import { nonNegative } from '../validation/field-errors.ts';
import { type ServerContext, storedObject, type Target, type WriteMode } from './target.ts';
import { replaceObject } from './update.ts';

export function getScale(context: ServerContext, target: Target): KubeObject {
  return scaleOf(storedObject(context, target), pathsOf(target));
}

export function updateScale(context: ServerContext, target: Target, body: unknown, mode: WriteMode): KubeObject {
  return writeScale(context, target, body, mode);
}

export function patchScale(context: ServerContext, target: Target, patch: Patch, mode: WriteMode): KubeObject {
  return writeScale(context, target, patched(SCALE_DEFINITION, getScale(context, target), patch), mode);
}

function pathsOf({ served }: Target): ScalePaths {
  const paths = served.definition.scale;
  if (paths === undefined) throw noSuchResource();
  return paths;
}

/** For merging only: a Scale has no lists. */
const SCALE_DEFINITION = { group: 'autoscaling', resource: 'scales', kind: 'Scale' } as ResourceDefinition;

function writeScale(context: ServerContext, target: Target, scale: unknown, mode: WriteMode): KubeObject {
  const paths = pathsOf(target);
  const kind = valueAt(scale, 'kind') ?? 'Scale';
  if (kind !== 'Scale') throw badRequest(`Scale in version "v1" cannot be handled as a Scale: the kind in the data is ${String(kind)}`);
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  const errors = nonNegative('spec.replicas', replicas);
  if (errors.length > 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, target.name, errors);
  const previous = storedObject(context, target);
  const proposed = cloneJson(previous);
  setAt(proposed, paths.specReplicas, replicas);
  const resourceVersion = valueAt(scale, 'metadata', 'resourceVersion');
  if (typeof resourceVersion === 'string' && resourceVersion !== '') proposed.metadata.resourceVersion = resourceVersion;
  return scaleOf(replaceObject(context, target, { previous, proposed }, { ...mode, isStatus: false }), paths);
}

function setAt(object: JsonObject, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((member, step) => memberObject(member, step), object);
  parent[path.at(-1) ?? ''] = value;
}

function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = numberAt(object, ...paths.specReplicas) ?? 0;
  const selector = paths.selector === undefined ? '' : selectorText(valueAt(object, ...paths.selector));
  return cloneJson({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(object, ...paths.statusReplicas) ?? 0, ...(selector !== '' && { selector }) },
  }) as KubeObject;
}

function selectorText(selector: unknown): string {
  return typeof selector === 'string' ? selector : formatLabelSelector(labelSelectorOf(selector) ?? []);
}
