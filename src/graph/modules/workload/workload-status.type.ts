import type { Cause as CauseData, CauseSource as Source } from '../../../status/cause.ts';
import type { WorkloadReplicas as Replicas } from '../../../status/workload-replicas.ts';
import type { WorkloadStatus as Status } from '../../../status/workload-state.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { ObjectReference } from '../../refs.ts';
import { WorkloadState } from './workload-state.ts';

const CauseSource = builder.enumType('CauseSource', {
  description: 'Whom a cause speaks against. Values may be added.',
  values: describedEnum<Source>({
    RELEASE: 'The new revision.',
    ENVIRONMENT: 'The cluster: its nodes, its capacity, its network.',
    POLICY: 'A rule that somebody set: a quota, a webhook, a disruption budget.',
    UNKNOWN: 'Nobody can say.',
  }),
});

export const Cause = builder.objectRef<CauseData>('Cause').implement({
  description: 'A reason something does not move.',
  fields: (t) => ({
    code: t.string({
      description:
        'CamelCase code, e.g. `ImagePull`, `CrashLoop`, `Unschedulable`, `NodeDown`, `QuotaExceeded`, `WebhookDenied`, `PodDisruptionBudget`. The set is open.',
      resolve: ({ code }) => code,
    }),
    message: t.exposeString('message', { description: 'The reason for people.' }),
    count: t.exposeInt('count', { description: 'Pods concerned.' }),
    since: t.expose('since', { type: 'DateTime', nullable: true, description: 'Since when; null when it cannot be told.' }),
    examples: t.expose('examples', {
      type: [ObjectReference],
      description: 'Some of the objects concerned, at most five; only those that the viewer may see.',
    }),
    attributedTo: t.expose('attributedTo', { type: CauseSource, description: 'Whom it speaks against.' }),
  }),
});

export const WorkloadStatus = builder.objectRef<Status>('WorkloadStatus').implement({
  description: 'What is really happening to a workload, whoever started it, as far as the viewer may see its pods.',
  fields: (t) => ({
    state: t.expose('state', { type: WorkloadState, description: 'What it is doing.' }),
    message: t.exposeString('message', { description: 'The same in one sentence, with numbers.' }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is in this state; null when it cannot be told.',
    }),
    currentRevision: t.exposeString('currentRevision', {
      nullable: true,
      description: 'Name of the revision that the pods come from; null when it cannot be told.',
    }),
    updateRevision: t.exposeString('updateRevision', {
      nullable: true,
      description: 'Name of the revision that the pods are going to; null when it cannot be told.',
    }),
    expectedUpdated: t.exposeInt('expectedUpdated', {
      nullable: true,
      description: 'Pods that the present brake lets be new; equals the wanted number when there is no brake. Null when it cannot be told.',
    }),
    causes: t.expose('causes', { type: [Cause], description: 'Why it does not move, most likely first. Empty unless STUCK or degraded.' }),
  }),
});

export const WorkloadReplicas = builder.objectRef<Replicas>('WorkloadReplicas').implement({
  description: 'Numbers of pods, as the controller reports them, or counted where it does not.',
  fields: (t) => ({
    desired: t.exposeInt('desired', { description: 'Wanted.' }),
    current: t.exposeInt('current', { description: 'There, at any revision.' }),
    ready: t.exposeInt('ready', { description: 'Ready, at any revision.' }),
    available: t.exposeInt('available', { description: 'Ready for long enough, at any revision.' }),
    updated: t.exposeInt('updated', { description: 'At the new revision.' }),
    updatedReady: t.exposeInt('updatedReady', { description: 'At the new revision and ready.' }),
    updatedAvailable: t.exposeInt('updatedAvailable', { description: 'At the new revision and ready for long enough.' }),
  }),
});
