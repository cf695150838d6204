import { NOTHING_TO_DO, replaceStatus } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { itself } from '../engine/sources.ts';
import { VOLUME_CLAIMS } from '../objects/kinds.ts';
import type { VolumeClaim } from '../objects/types.ts';

/** Every claim is bound at once to a volume that nobody has to see. */
export function volumeBinder({ cache }: ControllerContext): Controller {
  const claims = cache.collection<VolumeClaim>(VOLUME_CLAIMS);
  return {
    name: 'persistentvolume-binder',
    sources: [itself(claims)],
    reconcile(key) {
      const claim = claims.get(key);
      if (claim === undefined || claim.status?.phase === 'Bound' || claim.metadata.deletionTimestamp !== undefined) return NOTHING_TO_DO;
      return { actions: [replaceStatus(VOLUME_CLAIMS, claim, boundStatus(claim))] };
    },
  };
}

export function boundStatus({ spec }: VolumeClaim): { phase: string; accessModes: unknown; capacity: unknown } {
  const resources = spec?.['resources'] as { requests?: unknown } | undefined;
  return { phase: 'Bound', accessModes: spec?.['accessModes'] ?? ['ReadWriteOnce'], capacity: resources?.requests ?? {} };
}
