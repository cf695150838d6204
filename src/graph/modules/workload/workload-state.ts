import type { WorkloadState as State } from '../../../status/workload-state.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter } from '../../filters.ts';

export const WorkloadState = builder.enumType('WorkloadState', {
  description: 'What a workload is doing. Values may be added.',
  values: describedEnum<State>({
    UNKNOWN: 'Cannot be told: the pods are not known, or may not be seen.',
    UNOBSERVED: 'Its controller has not seen the latest change yet.',
    NOT_STARTED: 'Changed, and no pod is new yet because it is paused or held back.',
    IN_PROGRESS: 'Pods are being replaced, made or removed.',
    PAUSED: 'Its pause flag is set before all pods are new.',
    PAUSED_AT_PARTITION: 'As many pods are new and available as the partition lets be.',
    OVERSHOOT: 'More pods are new than the partition asks for.',
    SUPERSEDED: 'The template on the object is no longer the one that a run of ours put there.',
    STUCK: 'Does not move and will not by itself; `causes` says why.',
    COMPLETE: 'All pods are new and available.',
  }),
});

export const workloadStateFilter = defineEnumFilter('WorkloadState', WorkloadState);
