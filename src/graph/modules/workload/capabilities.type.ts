import { builder } from '../../builder.ts';

interface Capability {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** The verbs on a workload, each with the Mutation field that carries it out. */
type Capabilities = Readonly<Record<'startRollout' | 'scale' | 'restart' | 'pause' | 'resume' | 'setPartition' | 'undo', Capability>>;

const NO_VERBS: Capability = { allowed: false, reason: 'This gateway version does not change workloads yet.' };

/** What the viewer may do to a workload now. */
export function workloadCapabilities(): Capabilities {
  return {
    startRollout: NO_VERBS,
    scale: NO_VERBS,
    restart: NO_VERBS,
    pause: NO_VERBS,
    resume: NO_VERBS,
    setPartition: NO_VERBS,
    undo: NO_VERBS,
  };
}

const CapabilityType = builder.objectRef<Capability>('Capability').implement({
  description: 'Whether the viewer may do something now.',
  fields: (t) => ({
    allowed: t.exposeBoolean('allowed', { description: 'True when the mutation would not be refused for what is known now.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not, for people. Null when allowed.' }),
  }),
});

export const WorkloadCapabilities = builder.objectRef<Capabilities>('WorkloadCapabilities').implement({
  description: 'What the viewer may do to a workload now, one field for each mutation.',
  fields: (t) => ({
    startRollout: t.expose('startRollout', {
      type: CapabilityType,
      description: 'Start a run that moves it to another revision step by step.',
    }),
    scale: t.expose('scale', { type: CapabilityType, description: 'Change the number of pods.' }),
    restart: t.expose('restart', { type: CapabilityType, description: 'Make all pods anew.' }),
    pause: t.expose('pause', { type: CapabilityType, description: 'Set its pause flag.' }),
    resume: t.expose('resume', { type: CapabilityType, description: 'Clear its pause flag.' }),
    setPartition: t.expose('setPartition', { type: CapabilityType, description: 'Move its partition.' }),
    undo: t.expose('undo', { type: CapabilityType, description: 'Go back to an earlier revision.' }),
  }),
});
