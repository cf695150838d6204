import { describe, expect, it } from 'vitest';
import { CANARY } from '../../test/support/rollout-model/a-run.ts';
import { aModelWorkload, type ModelKind } from '../../test/support/rollout-model/workloads.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { RolloutChange } from './change.ts';
import { type PlanContext, planRollout, type RolloutPlan } from './plan.ts';
import type { StepRequest } from './planned-steps.ts';
import { valueAt } from './pointer.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const V2: RolloutChange = { images: [{ container: 'app', image: 'registry.example/web:v2' }] };

function tryPlan(
  object: KubeObject,
  change: RolloutChange = V2,
  steps: readonly StepRequest[] = CANARY,
  context: Partial<PlanContext> = {},
) {
  const workloadKind = object.kind === 'Deployment' ? 'DEPLOYMENT' : 'CLONE_SET';
  return planRollout(object, change, steps, { cluster: 'dev', workloadKind, resource: 'x', now: NOW, revisions: [], ...context });
}

function plan(...args: Parameters<typeof tryPlan>): RolloutPlan {
  const outcome = tryPlan(...args);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}

function problemsOf(...args: Parameters<typeof tryPlan>) {
  const outcome = tryPlan(...args);
  return outcome.ok ? [] : outcome.problems;
}

describe('the patches of a plan', () => {
  it('carry template and partition of a CloneSet at once, each behind a test', () => {
    expect(plan(aModelWorkload('CloneSet v1alpha1', 10)).patches.map(({ op, operations }) => [op, operations])).toEqual([
      [
        'START',
        [
          { op: 'test', path: '/metadata/uid', value: 'uid-1' },
          { op: 'test', path: '/spec/template/spec/containers/0/name', value: 'app' },
          { op: 'test', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:v1' },
          { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:v2' },
          { op: 'test', path: '/spec/updateStrategy/partition', value: 0 },
          { op: 'replace', path: '/spec/updateStrategy/partition', value: 9 },
        ],
      ],
      [
        'MOVE',
        [
          { op: 'test', path: '/metadata/uid', value: 'uid-1' },
          { op: 'test', path: '/spec/updateStrategy/partition', value: 9 },
          { op: 'replace', path: '/spec/updateStrategy/partition', value: 5 },
        ],
      ],
      [
        'MOVE',
        [
          { op: 'test', path: '/metadata/uid', value: 'uid-1' },
          { op: 'test', path: '/spec/updateStrategy/partition', value: 5 },
          { op: 'replace', path: '/spec/updateStrategy/partition', value: 0 },
        ],
      ],
    ]);
  });

  it('let go of a Deployment by strides, and give the four originals back at once', () => {
    const { patches } = plan(aModelWorkload('Deployment', 10, { maxUnavailable: 3 }));
    expect(patches.map(({ op, allowed }) => [op, allowed])).toEqual([
      ['START', 1],
      ['MOVE', 4],
      ['MOVE', 5],
      ['MOVE', 8],
      ['MOVE', 10],
      ['FINISH', 10],
    ]);
    expect(patches.at(-1)?.operations.filter(({ op }) => op !== 'test')).toEqual([
      { op: 'replace', path: '/spec/minReadySeconds', value: 4 },
      { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 600 },
      { op: 'replace', path: '/spec/strategy/rollingUpdate/maxSurge', value: '25%' },
      { op: 'replace', path: '/spec/strategy/rollingUpdate/maxUnavailable', value: 3 },
    ]);
  });

  it('remove again a block that was not there', () => {
    const object = aModelWorkload('CloneSet v1beta1', 4);
    object.spec = { ...object.spec, updateStrategy: { type: 'RollingUpdate' } };
    const { original, patches } = plan(object);
    expect(original.strategy).toEqual([{ path: '/spec/updateStrategy/rollingUpdate' }]);
    expect(patches[0]?.operations).toContainEqual({ op: 'add', path: '/spec/updateStrategy/rollingUpdate', value: {} });
    expect(patches.at(-1)?.operations.at(-1)).toEqual({ op: 'remove', path: '/spec/updateStrategy/rollingUpdate' });
  });
});

describe('the hash of a plan', () => {
  const object = aModelWorkload('Deployment', 10);
  it('is the same for the same plan, whatever the status and the order of members', () => {
    const other = { ...object, status: { observedGeneration: 7 }, metadata: { ...object.metadata, resourceVersion: '9' } };
    expect(plan(other).hash).toBe(plan(object).hash);
  });
  it.each<[string, RolloutPlan]>([
    ['another image', plan(object, { images: [{ container: 'app', image: 'registry.example/web:v3' }] })],
    ['another step', plan(object, V2, [{ target: 2 }])],
    ['another number of pods', plan(aModelWorkload('Deployment', 11))],
  ])('is another for %s', (_, other) => expect(other.hash).not.toBe(plan(object).hash));
});

describe('steps', () => {
  const targets = (steps: readonly StepRequest[], replicas = 10) =>
    plan(aModelWorkload('CloneSet v1alpha1', replicas), V2, steps).steps.map(({ target }) => target);
  it.each<[string, StepRequest[], number, number[]]>([
    ['none: all at once', [], 10, [10]],
    ['a percentage rounds up', [{ target: '25%' }], 10, [3, 10]],
    ['a canary is one pod at least', [{ target: '1%' }], 10, [1, 10]],
    ['no more than all', [{ target: 50 }], 10, [10]],
    ['100 % is not added twice', [{ target: 1 }, { target: '100%' }], 10, [1, 10]],
    ['12.5 % of 200 stays whole', [{ target: '12.5%' }], 200, [25, 200]],
  ])('%s', (_, steps, replicas, wanted) => expect(targets(steps, replicas)).toEqual(wanted));

  it.each<[string, StepRequest[], string]>([
    ['descending', [{ target: 5 }, { target: 2 }], '1'],
    ['zero', [{ target: 0 }], '0'],
    ['no percentage', [{ target: '5' }], '0'],
    ['too long a pause', [{ target: 1, pauseSeconds: 1e9 }], '0'],
  ])('refuse %s and name the step', (_, steps, at) => {
    expect(problemsOf(aModelWorkload('Deployment', 10), V2, steps)).toMatchObject([
      { code: 'Validation', path: ['steps', at, expect.any(String)] },
    ]);
  });
});

describe('a change', () => {
  const object = aModelWorkload('Deployment', 3);
  it('by strategic merge merges containers by name', () => {
    const patch = {
      spec: {
        containers: [
          { name: 'app', env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 's:1' },
        ],
      },
    };
    expect(valueAt(plan(object, { strategicMergePatch: patch }).template, '/spec/containers')).toEqual([
      { name: 'app', image: 'registry.example/web:v1', env: [{ name: 'A', value: '1' }] },
      { name: 'side', image: 's:1' },
    ]);
  });
  it('by restart stamps the template', () => {
    expect(plan(object, { restart: true }).changes).toEqual([
      { path: '/spec/template/metadata/annotations', to: { 'kubectl.kubernetes.io/restartedAt': '2026-01-05T09:00:00Z' } },
    ]);
  });
  it('to a revision takes its template without what the controller put in', () => {
    const revision = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web-abc' },
      spec: {
        template: {
          metadata: { labels: { app: 'web', 'pod-template-hash': 'abc' } },
          spec: { containers: [{ name: 'app', image: 'w:0' }] },
        },
      },
    };
    expect(plan(object, { revision: 'abc' }, [], { revisions: [revision] }).template).toEqual({
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'w:0' }] },
    });
  });
  it.each<[string, RolloutChange, string[]]>([
    ['an unknown container', { images: [{ container: 'nope', image: 'x' }] }, ['change', 'images', '0', 'container']],
    ['a patch outside the template', { jsonPatch: [{ op: 'replace', path: '/replicas', value: 0 }] }, ['change', 'jsonPatch', '0', 'path']],
    ['a patch that does not apply', { jsonPatch: [{ op: 'test', path: '/spec/nodeName', value: 'x' }] }, ['change', 'jsonPatch', '0']],
    ['a change of nothing', { images: [{ container: 'app', image: 'registry.example/web:v1' }] }, ['change']],
    [
      'a container named twice',
      {
        images: [
          { container: 'app', image: 'a/a:1' },
          { container: 'app', image: 'b/b:2' },
        ],
      },
      ['change', 'images', '1', 'container'],
    ],
    ['an empty image', { images: [{ container: 'app', image: '' }] }, ['change', 'images', '0', 'image']],
    ['an image with a blank', { strategicMergePatch: { spec: { containers: [{ name: 'app', image: 'a b' }] } } }, ['change']],
    ['losing the selector', { jsonPatch: [{ op: 'remove', path: '/metadata/labels/app' }] }, ['change']],
    ['an unknown revision', { revision: 'nope' }, ['change', 'revision']],
  ])('that is %s is refused by its path', (_, change, path) => {
    expect(problemsOf(object, change)).toMatchObject([{ path }]);
  });
});

describe('a test that does not hold', () => {
  it('is refused with the path, the value and the one that was expected', () => {
    const path = '/spec/containers/0/image';
    const [refused] = problemsOf(aModelWorkload('Deployment', 3), { jsonPatch: [{ op: 'test', path, value: 'x' }] });
    expect(refused?.message).toBe(`Operation 0 does not apply: ${path} is "registry.example/web:v1", not "x".`);
  });
});

describe('a workload', () => {
  const altered = (kind: ModelKind, spec: Record<string, unknown>): KubeObject => {
    const object = aModelWorkload(kind, 5);
    return { ...object, spec: { ...object.spec, ...spec } };
  };
  it.each<[string, KubeObject, string]>([
    ['Recreate', altered('Deployment', { strategy: { type: 'Recreate' } }), 'Unsupported'],
    ['scaled to zero', altered('Deployment', { replicas: 0 }), 'Conflict'],
    ['with a partition left over', altered('CloneSet v1alpha1', { updateStrategy: { type: 'ReCreate', partition: 2 } }), 'Blocked'],
    ['with the brake of an aborted run', altered('Deployment', { minReadySeconds: 2_147_483_646 }), 'Blocked'],
    ['of a kind that no run moves', { ...aModelWorkload('Deployment', 5), kind: 'StatefulSet', apiVersion: 'apps/v1' }, 'Unsupported'],
  ])('%s is refused', (_, object, code) => expect(problemsOf(object)).toMatchObject([{ code, path: ['workload'] }]));

  it('of fewer pods than a step asks for is warned of, in words for one as for many', () => {
    const { warnings } = plan(aModelWorkload('Deployment', 8), V2, [{ target: 1_000 }], {
      disruptionBudgets: [{ name: 'web', disruptionsAllowed: 1 }],
    });
    expect(warnings).toContain('Step 0 asks for 1000 pods of the 8 that there are: it means all of them.');
    expect(warnings.join(' ')).toContain('allows 1 disruption now');
  });

  it('of Argo CD, under an autoscaler, moving to another registry by tag, is warned of', () => {
    const object = aModelWorkload('Deployment', 5, { paused: true });
    object.metadata.annotations = { 'argocd.argoproj.io/tracking-id': 'x' };
    const { warnings } = plan(object, { images: [{ container: 'app', image: 'other.example/web:v2' }] }, CANARY, {
      autoscalers: ['web'],
      disruptionBudgets: [{ name: 'web', disruptionsAllowed: 1 }],
    });
    expect(warnings.map((text) => text.split(' ')[0])).toEqual([
      'other.example/web:v2',
      'Container',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'The',
      'Argo',
    ]);
  });
});
