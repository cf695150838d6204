import type { FieldChange as Change, RolloutProgress as Progress, RolloutStep as Step } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import { RolloutStepKind, RolloutStepState } from './rollout.enums.ts';

export const RolloutStep = builder.objectRef<Step>('RolloutStep').implement({
  description: 'One step of a rollout: so many pods at the new revision, then perhaps a wait.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: '0-based position. Advancing to a `target` between two steps makes a step of its own.' }),
    kind: t.field({ type: RolloutStepKind, description: 'What it does.', resolve: () => 'PODS' as const }),
    nodeSet: t.string({
      nullable: true,
      description: 'Set of nodes that it is about; null where it is about none.',
      resolve: () => undefined,
    }),
    target: t.exposeInt('target', {
      nullable: true,
      description:
        'Pods at the new revision at its end; null where it moves none. Fixed when the step begins, a forecast before; follows the number of pods when the workload is scaled.',
    }),
    percent: t.exposeFloat('percent', {
      nullable: true,
      description: 'The percentage that was asked for; null where a number of pods was.',
    }),
    pauseSeconds: t.exposeInt('pauseSeconds', {
      nullable: true,
      description: 'For how long its pods must be well before the next step begins; null where it does not wait so.',
    }),
    manual: t.exposeBoolean('manual', { description: 'Whether it waits for `rolloutAdvance` at its end.' }),
    state: t.expose('state', { type: RolloutStepState, description: 'Where it is.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began; null before.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it was left; null before.' }),
  }),
});

export const RolloutProgress = builder.objectRef<Progress>('RolloutProgress').implement({
  description: 'How far a rollout is, in pods, as last observed in the cluster.',
  fields: (t) => ({
    desired: t.exposeInt('desired', { description: 'Pods that the workload wants.' }),
    target: t.exposeInt('target', { description: 'Pods that the present step wants at the new revision; on the way back: all.' }),
    updated: t.exposeInt('updated', { description: 'Pods at the revision that it goes to.' }),
    updatedReady: t.exposeInt('updatedReady', { description: 'Of these, ready.' }),
    updatedAvailable: t.exposeInt('updatedAvailable', {
      description: "Of these, ready for as long as the workload's own `minReadySeconds` asks.",
    }),
  }),
});

export const FieldChange = builder.objectRef<Change>('FieldChange').implement({
  description: 'What becomes of one field.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'JSON pointer of the field in the object, e.g. `/spec/template/spec/containers/0/image`.',
    }),
    from: t.field({ type: 'JSON', nullable: true, description: 'Value before; null where it was not there.', resolve: ({ from }) => from }),
    to: t.field({ type: 'JSON', nullable: true, description: 'Value after; null where it is taken away.', resolve: ({ to }) => to }),
  }),
});
