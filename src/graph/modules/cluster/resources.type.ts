import type { Capacity } from '../../../model/node-record.ts';
import { builder } from '../../builder.ts';

export const Resources = builder.objectRef<Capacity>('Resources').implement({
  description: 'Amounts of what pods need.',
  fields: (t) => ({
    cpu: t.expose('cpu', { type: 'Quantity', nullable: true, description: 'Processors, in cores; null when not reported.' }),
    memory: t.expose('memory', { type: 'Quantity', nullable: true, description: 'Memory, in bytes; null when not reported.' }),
    pods: t.expose('pods', { type: 'Quantity', nullable: true, description: 'Pods that fit; null when not reported.' }),
  }),
});
