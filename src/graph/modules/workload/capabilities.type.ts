import type { WorkloadCapabilities as Capabilities } from '../../../commands/commands.ts';
import { builder } from '../../builder.ts';
import { Capability } from '../capability.type.ts';

export const WorkloadCapabilities = builder.objectRef<Capabilities>('WorkloadCapabilities').implement({
  description: 'What the viewer may do to a workload now, one field for each mutation.',
  fields: (t) => ({
    startRollout: t.expose('startRollout', {
      type: Capability,
      description: '`rolloutStart`: begin a run that moves it to another revision step by step.',
    }),
    scale: t.expose('scale', { type: Capability, description: '`workloadScale`: change the number of pods.' }),
    restart: t.expose('restart', { type: Capability, description: '`workloadRestart`: make all pods anew.' }),
    pause: t.expose('pause', { type: Capability, description: '`workloadPause`: set its pause flag.' }),
    resume: t.expose('resume', { type: Capability, description: '`workloadResume`: clear its pause flag.' }),
    setPartition: t.expose('setPartition', { type: Capability, description: '`workloadSetPartition`: move its partition.' }),
    undo: t.expose('undo', { type: Capability, description: '`workloadUndo`: go back to an earlier revision.' }),
  }),
});
