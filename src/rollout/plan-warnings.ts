import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { RolloutChange } from './change.ts';
import { isObject } from './json.ts';
import type { StepRequest } from './planned-steps.ts';
import { valueAt } from './pointer.ts';
import { containersOf } from './template-change.ts';
import { replicasOf, templateOf } from './workload-fields.ts';

/** What is around the workload, by name, as far as it is known. */
export interface Surroundings {
  readonly autoscalers?: readonly string[];
  readonly disruptionBudgets?: readonly { readonly name: string; readonly disruptionsAllowed?: number }[];
}

export interface PlannedChange {
  readonly object: KubeObject;
  readonly change: RolloutChange;
  readonly template: JsonObject;
  readonly pausePath: string;
  readonly requested: readonly StepRequest[];
}

/** What somebody should know before they say yes. */
export function planWarnings(planned: PlannedChange, { autoscalers = [], disruptionBudgets = [] }: Surroundings): string[] {
  return [
    ...imageWarnings(planned),
    ...restartWarnings(planned),
    ...autoscalers.map(
      (name) => `HorizontalPodAutoscaler ${name} scales the workload: that moves the split, and the steps' targets follow.`,
    ),
    ...disruptionBudgets.map(budgetWarning),
    ...stepWarnings(planned),
    ...stateWarnings(planned),
    ...ownerWarnings(planned.object),
  ];
}

function imageWarnings({ object, template }: PlannedChange): string[] {
  const before = new Map(containersOf(templateOf(object)).map(({ name, image }) => [name, image]));
  return containersOf(template).flatMap(({ name, image }) => {
    const from = before.get(name);
    if (from === image) return [];
    const warnings: string[] = [];
    if (image !== '' && !image.includes('@sha256:'))
      warnings.push(`${image} names no digest: the tag may come to mean something else during the run.`);
    if (from !== undefined && registryOf(from) !== registryOf(image)) {
      warnings.push(`Container ${name} changes its registry from ${registryOf(from)} to ${registryOf(image)}.`);
    }
    return warnings;
  });
}

function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** In place only images and metadata change, and no container is started anew for an annotation. */
function restartWarnings({ object, change }: PlannedChange): string[] {
  const policies = [valueAt(object, '/spec/updateStrategy/type'), valueAt(object, '/spec/updateStrategy/rollingUpdate/podUpdatePolicy')];
  if (!('restart' in change) || !policies.some((policy) => policy === 'InPlaceIfPossible' || policy === 'InPlaceOnly')) return [];
  return ['The workload updates its pods in place: a restart changes an annotation and restarts no container.'];
}

function budgetWarning({ name, disruptionsAllowed }: { readonly name: string; readonly disruptionsAllowed?: number }): string {
  const allowed =
    disruptionsAllowed === undefined
      ? ''
      : ` and allows ${disruptionsAllowed} ${disruptionsAllowed === 1 ? 'disruption' : 'disruptions'} now`;
  return `PodDisruptionBudget ${name} covers the pods${allowed}; controllers that update pods do not ask it.`;
}

function stepWarnings({ object, requested }: PlannedChange): string[] {
  const replicas = replicasOf(object);
  return requested.flatMap(({ target }, at) =>
    typeof target === 'number' && target > replicas
      ? [`Step ${at} asks for ${target} pods of the ${replicas} that there are: it means all of them.`]
      : [],
  );
}

function stateWarnings({ object, pausePath }: PlannedChange): string[] {
  const warnings: string[] = [];
  if (valueAt(object, pausePath) === true)
    warnings.push('The workload is paused: the run lets it go on, and pauses it again at its very end.');
  if (isMoving(object))
    warnings.push('An update of the workload is under way: its pods are at several revisions; a rollback goes to the present template.');
  return warnings;
}

function isMoving({ spec, status }: KubeObject): boolean {
  const current = status?.['currentRevision'];
  if (current !== undefined) return current !== status?.['updateRevision'];
  const updated = status?.['updatedReplicas'];
  return typeof updated === 'number' && updated < Number(spec?.['replicas'] ?? 1);
}

const OWNERS: readonly { readonly name: string; readonly keys: readonly string[]; readonly manager: RegExp }[] = [
  { name: 'Argo CD', keys: ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'], manager: /^argocd/ },
  { name: 'Flux', keys: ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'], manager: /^(kustomize|helm)-controller$/ },
  { name: 'Helm', keys: ['meta.helm.sh/release-name'], manager: /^helm$/ },
];

function ownerWarnings({ metadata }: KubeObject): string[] {
  const keys = new Set([...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})]);
  const managers = (metadata.managedFields ?? []).filter(isObject).map((entry) => String(entry['manager'] ?? ''));
  const found = OWNERS.filter(
    (owner) => owner.keys.some((key) => keys.has(key)) || managers.some((manager) => owner.manager.test(manager)),
  );
  return found.map(
    ({ name }) =>
      `${name} manages the workload too and may put back what the run changes; tell it to leave template and strategy alone meanwhile.`,
  );
}
