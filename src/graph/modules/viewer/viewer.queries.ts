import type { AuthMode as Mode, Principal } from '../../../auth/principal.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { whenReady } from '../../maybe-promise.ts';

const AuthMode = builder.enumType('AuthMode', {
  description: 'How callers are identified. Values may be added.',
  values: describedEnum<Mode>({
    LOCAL: 'One person, the one who started the gateway.',
    TOKEN_REVIEW: 'By a bearer token that a cluster reviews.',
    OIDC: 'By an OpenID Connect token.',
    FRONT_PROXY: 'By a proxy in front of the gateway.',
  }),
});

const ViewerCluster = builder.objectRef<{ readonly name: string }>('ViewerCluster').implement({
  description: 'A cluster that the viewer may know of. Clusters in which nothing may be read are left out.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Registered name.' }),
    allowed: t.boolean({ description: 'May read something there.', resolve: () => true }),
  }),
});

const Viewer = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who is asking.',
  fields: (t) => ({
    name: t.string({
      description: "User name as the clusters know it; in LOCAL mode the operating system's.",
      resolve: ({ user }) => user.username,
    }),
    groups: t.stringList({ description: 'Groups as the clusters know them.', resolve: ({ user }) => user.groups }),
    mode: t.expose('mode', { type: AuthMode, description: 'How the viewer was identified.' }),
    clusters: t.field({
      type: [ViewerCluster],
      description: 'Clusters in which the viewer may read something, by name.',
      resolve: (_viewer, _args, ctx) =>
        whenReady(ctx.visible.clusters(), (clusters) => clusters.map(({ record }) => ({ name: record.name }))),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({ type: Viewer, description: 'Who is asking, as the gateway knows them.', resolve: (_root, _args, ctx) => ctx.principal }),
);
