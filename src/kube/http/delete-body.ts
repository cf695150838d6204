import type { DeleteOptions } from '../api-server.ts';

/** A DeleteOptions object; everything undefined stays out of the JSON. */
export function deleteBody(options: DeleteOptions): Record<string, unknown> {
  const hasPrecondition = options.uid !== undefined || options.resourceVersion !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: options.gracePeriodSeconds,
    propagationPolicy: options.propagationPolicy,
    preconditions: hasPrecondition ? { uid: options.uid, resourceVersion: options.resourceVersion } : undefined,
    dryRun: options.dryRun === true ? ['All'] : undefined,
  };
}
