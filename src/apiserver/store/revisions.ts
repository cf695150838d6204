import { badRequest, invalid, type StatusError } from '../status.ts';

/** A resourceVersion as a client sends it; undefined when it sends none. Throws 400 for what is no version of ours. */
export function parseRevision(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text))
    throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
  return Number(text);
}

export function listOptionError(field: string, message: string, reason: string): StatusError {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [{ field, reason, message }]);
}
