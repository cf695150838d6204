import { applyPatch } from 'rfc6902';
import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { ContainerImage } from '../model/object-record.ts';
import { revisionKeyOf } from '../status/revisions.ts';
import type { RolloutChange } from './change.ts';
import { isObject } from './json.ts';
import { keysOf, valueAt, withValueAt } from './pointer.ts';
import { PlanProblem, problem } from './problem.ts';
import { mergeTemplate } from './template-merge.ts';
import { templateOf } from './workload-fields.ts';

export interface ChangeContext {
  /** Milliseconds since 1970: what a restart is stamped with. */
  readonly now: number;
  /** ReplicaSets or ControllerRevisions of the workload, whole: needed for `revision` only. */
  readonly revisions: readonly KubeObject[];
}

/** The exact new pod template. Throws `PlanProblem`. */
export function changedTemplate(object: KubeObject, change: RolloutChange, context: ChangeContext): JsonObject {
  const template = templateOf(object);
  if ('images' in change) return withImages(template, change.images);
  if ('revision' in change) return templateOfRevision(change.revision, context.revisions);
  if ('restart' in change) return restarted(template, context.now);
  if ('strategicMergePatch' in change) return mergeTemplate(template, change.strategicMergePatch);
  return patched(template, change.jsonPatch);
}

/** Where the containers of a template are, init containers last. */
export function containersOf(template: JsonObject): { readonly path: string; readonly name: string; readonly image: string }[] {
  return ['containers', 'initContainers'].flatMap((list) => {
    const containers = valueAt(template, `/spec/${list}`);
    const objects = Array.isArray(containers) ? containers : [];
    return objects.flatMap((container: unknown, at) =>
      isObject(container)
        ? [{ path: `/spec/${list}/${at}`, name: String(container['name'] ?? ''), image: String(container['image'] ?? '') }]
        : [],
    );
  });
}

function withImages(template: JsonObject, images: readonly ContainerImage[]): JsonObject {
  if (images.length === 0) throw new PlanProblem(problem('Validation', 'Name at least one image.', ['change', 'images']));
  const containers = containersOf(template);
  return images.reduce((changed, { container, image }, at) => {
    const path = ['change', 'images', String(at)];
    if (images.findIndex((other) => other.container === container) < at)
      throw new PlanProblem(problem('Validation', `Container "${container}" is named twice.`, [...path, 'container']));
    const found = containers.find(({ name }) => name === container);
    if (found === undefined) {
      const names = containers.map(({ name }) => name).join(', ');
      throw new PlanProblem(problem('Validation', `There is no container "${container}"; there are: ${names}.`, [...path, 'container']));
    }
    if (!isImage(image)) throw new PlanProblem(problem('Validation', `"${image}" is no image.`, [...path, 'image']));
    return withValueAt(changed, `${found.path}/image`, image);
  }, template);
}

export function isImage(image: string): boolean {
  return image !== '' && !/\s/.test(image);
}

function restarted(template: JsonObject, now: number): JsonObject {
  return withValueAt(
    template,
    '/metadata/annotations/kubectl.kubernetes.io~1restartedAt',
    new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
  );
}

/** As the revision keeps it, without what the controller put in. */
function templateOfRevision(wanted: string, revisions: readonly KubeObject[]): JsonObject {
  const found = revisions.find((revision) => isNamed(revision, wanted));
  if (found === undefined) {
    const names = revisions.map(({ metadata }) => metadata.name).join(', ');
    throw new PlanProblem(
      problem('NotFound', `The workload has no revision "${wanted}"; it has: ${names || 'none'}.`, ['change', 'revision']),
    );
  }
  const template = valueAt(found, '/spec/template') ?? valueAt(found, '/data/spec/template');
  if (!isObject(template))
    throw new PlanProblem(problem('NotFound', `Revision "${wanted}" holds no pod template.`, ['change', 'revision']));
  const { $patch: _, ...plain } = template;
  return withValueAt(plain, '/metadata/labels/pod-template-hash', undefined);
}

function isNamed(revision: KubeObject, wanted: string): boolean {
  const { name, annotations } = revision.metadata;
  const number = annotations?.['deployment.kubernetes.io/revision'] ?? revision['revision'];
  return name === wanted || revisionKeyOf(name) === wanted || (number !== undefined && String(number) === wanted);
}

function patched(template: JsonObject, operations: readonly JsonPatchOperation[]): JsonObject {
  for (const [at, operation] of operations.entries()) checkOperation(operation, at);
  const changed = structuredClone(template);
  const failed = applyPatch(changed, structuredClone(operations) as Parameters<typeof applyPatch>[1]);
  const at = failed.findIndex((error) => error !== null);
  const operation = operations[at];
  if (operation !== undefined)
    throw new PlanProblem(
      problem('Validation', `Operation ${at} does not apply: ${mismatch(operation, changed)}.`, ['change', 'jsonPatch', String(at)]),
    );
  return changed;
}

/** `template`: as it was when the operation failed, or later; later ones touch other fields as a rule. */
function mismatch(operation: JsonPatchOperation, template: JsonObject): string {
  const { op, path } = operation;
  if (op !== 'test') return 'from' in operation ? `${op} from ${operation.from} to ${path} finds nothing there` : `${op} finds no ${path}`;
  const present = valueAt(template, path);
  const is = present === undefined ? 'is absent' : `is ${shortly(present)}`;
  return `${path} ${is}, not ${shortly(operation.value)}`;
}

const MAX_SHOWN = 100;

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** Only inside the template: its whole is not replaced, and nothing but its two members is reached. */
function checkOperation(operation: JsonPatchOperation, at: number): void {
  const paths = 'from' in operation ? [operation.path, operation.from] : [operation.path];
  for (const path of paths) {
    const keys = typeof path === 'string' && path.startsWith('/') ? keysOf(path) : [];
    const isInside = (keys[0] === 'metadata' || keys[0] === 'spec') && keys.length > 1;
    if (isInside && !keys.includes('__proto__')) continue;
    const message = `"${String(path)}" is no path inside the pod template: begin with /metadata/ or /spec/.`;
    throw new PlanProblem(problem('Validation', message, ['change', 'jsonPatch', String(at), 'path']));
  }
}
