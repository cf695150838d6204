import type { Reason } from '../../../rollout/reason.ts';
import { builder } from '../../builder.ts';
import { whenReady } from '../../maybe-promise.ts';
import { ObjectReference } from '../../refs.ts';
import { visibleExamples } from '../../runs.ts';

export const RolloutReason = builder.objectRef<Reason>('RolloutReason').implement({
  description: 'Why a rollout is where it is, and what would move it.',
  fields: (t) => ({
    code: t.string({
      description:
        'CamelCase code, e.g. `Progressing`, `Baking`, `WaitingForAdvance`, `PausedByUser`, `Stuck:ImagePull`, `Stuck:CrashLoop`, `ForeignEdit`, `AuthorRightLost`, `ClusterUnreachable`. The set is open.',
      resolve: ({ code }) => code,
    }),
    message: t.exposeString('message', { description: 'The reason for people.' }),
    since: t.expose('since', { type: 'DateTime', nullable: true, description: 'Since when; null when it cannot be told.' }),
    objects: t.field({
      type: [ObjectReference],
      description: 'Some objects that it is about, at most five; only those that the viewer may see.',
      resolve: ({ objects }, _args, ctx) => whenReady(visibleExamples(ctx, objects), (seen) => seen),
    }),
    unblock: t.exposeStringList('unblock', {
      description: 'Names of Mutation fields that would move it; empty where nothing need be done, or nothing can.',
    }),
  }),
});
