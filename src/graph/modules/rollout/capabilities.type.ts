import type { RunCapabilities } from '../../../commands/commands.ts';
import { builder } from '../../builder.ts';
import { Capability } from '../capability.type.ts';

export const RolloutCapabilities = builder.objectRef<RunCapabilities>('RolloutCapabilities').implement({
  description: 'What the viewer may do to a rollout now, one field for each mutation.',
  fields: (t) => ({
    advance: t.expose('advance', { type: Capability, description: '`rolloutAdvance`: go on past the wait, to the next step or further.' }),
    pause: t.expose('pause', { type: Capability, description: '`rolloutPause`: stop where it is, to be resumed.' }),
    resume: t.expose('resume', { type: Capability, description: '`rolloutResume`: go on from where it was stopped.' }),
    abort: t.expose('abort', { type: Capability, description: '`rolloutAbort`: stop for good and leave the pods as they are.' }),
    rollback: t.expose('rollback', { type: Capability, description: '`rolloutRollback`: back to exactly what was there before.' }),
    retry: t.expose('retry', { type: Capability, description: '`rolloutRetry`: try again what it halted at.' }),
  }),
});
