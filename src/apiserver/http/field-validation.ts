/** `fieldValidation`: what becomes of members that a kind does not have. Source: API concepts, field validation. */
import type { Patch } from '../../kube/api-server.ts';
import type { ServedResource } from '../resources/resource-definition.ts';
import { badRequest, invalid } from '../status.ts';
import { invalidValue, notSupported } from '../validation/field-errors.ts';
import { dropUnknownFields } from './unknown-fields.ts';

type Validation = 'Ignore' | 'Warn' | 'Strict';

const CHOICES: readonly string[] = ['Ignore', 'Strict', 'Warn'];

export function validationOf(query: URLSearchParams): Validation {
  const value = query.get('fieldValidation') || 'Warn';
  if (!CHOICES.includes(value)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [notSupported('fieldValidation', value, CHOICES)]);
  }
  return value as Validation;
}

/** Removes unknown members from `body`, which the caller owns. Throws 400 when they are forbidden; answers warnings. */
export function checkBodyFields(query: URLSearchParams, served: ServedResource, body: unknown): string[] {
  const validation = validationOf(query);
  const unknown = dropUnknownFields(served, body).map(described);
  if (unknown.length === 0 || validation === 'Ignore') return [];
  if (validation === 'Warn') return unknown;
  const { kind } = served.definition;
  throw badRequest(`${kind} in version "${served.version}" cannot be handled as a ${kind}: strict decoding error: ${unknown.join(', ')}`);
}

/** The same for a patch that has the shape of the object; a JSON Patch has not: what it makes is looked at. */
export function checkPatchFields(query: URLSearchParams, served: ServedResource, patch: Patch): string[] {
  const validation = validationOf(query);
  if (patch.type !== 'merge' && patch.type !== 'strategic') return [];
  const text = JSON.stringify(patch.body);
  const unknown = dropUnknownFields(served, patch.body).map(described);
  if (unknown.length === 0 || validation === 'Ignore') return [];
  if (validation === 'Warn') return unknown;
  throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', text, `strict decoding error: ${unknown.join(', ')}`)]);
}

/** Of the whole object that a JSON Patch makes, which the caller owns. */
export function checkPatchedFields(validation: Validation, served: ServedResource, object: unknown): string[] {
  const unknown = dropUnknownFields(served, object).map(described);
  if (unknown.length === 0 || validation === 'Ignore') return [];
  if (validation === 'Warn') return unknown;
  throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', '', `strict decoding error: ${unknown.join(', ')}`)]);
}

const described = (path: string) => `unknown field "${path}"`;

/** The Warning header that carries `warnings`; none for none. */
export function warningHeaders(warnings: readonly string[]): Record<string, string> {
  return warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
}
