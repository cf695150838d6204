import type { Capability as Data } from '../../commands/commands.ts';
import { builder } from '../builder.ts';

export const Capability = builder.objectRef<Data>('Capability').implement({
  description: 'Whether the viewer may do something now.',
  fields: (t) => ({
    allowed: t.exposeBoolean('allowed', { description: 'True when the mutation would not be refused for what is known now.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not, for people. Null when allowed.' }),
  }),
});
