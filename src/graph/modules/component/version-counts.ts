import type { ComponentInstance } from '../../../status/component.ts';

export interface VersionCount {
  readonly version?: string;
  readonly image?: string;
  readonly clusterCount: number;
  readonly instanceCount: number;
}

/** One row per version, most clusters first. */
export function versionCounts(instances: readonly ComponentInstance[]): readonly VersionCount[] {
  const rows = [...Map.groupBy(instances, ({ version }) => version)].map(([version, group]) => countOf(version, group));
  return rows.sort(
    (a, b) => b.clusterCount - a.clusterCount || b.instanceCount - a.instanceCount || ((a.version ?? '') < (b.version ?? '') ? -1 : 1),
  );
}

function countOf(version: string | undefined, group: readonly ComponentInstance[]): VersionCount {
  const image = commonest(group.map((instance) => instance.image));
  return {
    ...(version !== undefined && { version }),
    ...(image !== undefined && { image }),
    clusterCount: new Set(group.map(({ cluster }) => cluster)).size,
    instanceCount: group.length,
  };
}

function commonest(images: readonly (string | undefined)[]): string | undefined {
  const groups = [...Map.groupBy(images, (image) => image)];
  const [first] = groups.sort(([a, as], [b, bs]) => bs.length - as.length || ((a ?? '') < (b ?? '') ? -1 : 1));
  return first?.[0];
}
