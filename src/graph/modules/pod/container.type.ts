import type { ContainerRecord } from '../../../model/pod-record.ts';
import { builder } from '../../builder.ts';

const ContainerTermination = builder.objectRef<NonNullable<ContainerRecord['lastTermination']>>('ContainerTermination').implement({
  description: 'How a container ended the last time.',
  fields: (t) => ({
    exitCode: t.exposeInt('exitCode', { description: 'Exit code of its process.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'CamelCase code, e.g. OOMKilled, Error, Completed.' }),
    message: t.exposeString('message', { nullable: true, description: 'What the container or the kubelet left behind, for people.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
  }),
});

export const Container = builder.objectRef<ContainerRecord>('Container').implement({
  description: 'One container of a pod.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the container, unique in its pod.' }),
    image: t.exposeString('image', { description: 'Image as the spec of the pod names it.' }),
    imageId: t.exposeString('imageId', { nullable: true, description: 'Image that really runs, with its digest; null until pulled.' }),
    ready: t.exposeBoolean('ready', { description: 'Whether its readiness probe passes.' }),
    restarts: t.exposeInt('restarts', { description: 'How often it was started again.' }),
    state: t.exposeString('state', { description: '`waiting`, `running`, `terminated`, or `unknown` before the kubelet has spoken.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it waits or ended, e.g. CrashLoopBackOff, ImagePullBackOff, OOMKilled; null while it runs.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it started; null while it waits.' }),
    lastTermination: t.expose('lastTermination', {
      type: ContainerTermination,
      nullable: true,
      description: 'How it ended before its last restart; null when it never did.',
    }),
  }),
});
