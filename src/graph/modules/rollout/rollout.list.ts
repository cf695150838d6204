import type { Run } from '../../../rollout/run.ts';
import { isFinished } from '../../../rollout/state.ts';
import { defineConnection } from '../../connection-type.ts';
import { booleanField, defineFilter, enumField, stringField } from '../../filters.ts';
import { defineOrder } from '../../orders.ts';
import { Rollout } from '../../refs.ts';
import { rolloutPhaseFilter } from './rollout.enums.ts';

export const RolloutConnection = defineConnection('Rollout', Rollout, 'rollouts');

export const rolloutFilter = defineFilter<Run>(
  'Rollout',
  {
    phase: enumField(rolloutPhaseFilter, { description: 'Where the rollout is.' }, ({ state }) => state.status.phase),
    finished: booleanField({ description: 'Whether nothing more will happen without a new command.' }, ({ state }) => isFinished(state)),
    createdBy: stringField({ description: 'User name of who started it.' }, ({ state }) => state.spec.author.username),
  },
  'flat',
);

export const rolloutOrder = defineOrder<Run>('Rollout', {
  fields: { CREATED_AT: { description: 'When the rollout was started.', of: ({ createdAt }) => createdAt } },
  key: [({ uid }) => uid],
  keyText: 'name of the rollout',
  otherwise: [{ field: 'CREATED_AT', direction: 'DESC' }],
});
