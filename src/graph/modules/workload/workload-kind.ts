import type { WorkloadKind as Kind } from '../../../model/workload-record.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter } from '../../filters.ts';

export const WorkloadKind = builder.enumType('WorkloadKind', {
  description: 'The kinds of workload that share one view.',
  values: describedEnum<Kind>({
    DEPLOYMENT: 'Deployment of `apps`.',
    STATEFUL_SET: 'StatefulSet of `apps`.',
    DAEMON_SET: 'DaemonSet of `apps`.',
    CLONE_SET: 'CloneSet of OpenKruise (`apps.kruise.io`).',
    ADVANCED_STATEFUL_SET: 'Advanced StatefulSet of OpenKruise (`apps.kruise.io`).',
    ADVANCED_DAEMON_SET: 'Advanced DaemonSet of OpenKruise (`apps.kruise.io`).',
  }),
});

export const workloadKindFilter = defineEnumFilter('WorkloadKind', WorkloadKind);
