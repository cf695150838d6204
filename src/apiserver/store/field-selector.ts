/** Field selectors: `status.phase=Running,spec.nodeName!=n1`. Source: apimachinery, pkg/fields/selector.go. */
import { badRequest } from '../status.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

const MAX_REQUIREMENTS = 64;

/** Throws 400. Commas, equals signs and backslashes in values are escaped by a backslash. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const terms = splitTerms(text).filter((term) => term !== '');
  if (terms.length > MAX_REQUIREMENTS) throw badRequest(`a field selector has at most ${MAX_REQUIREMENTS} requirements`);
  return terms.map(parseTerm);
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^,\\])+/g) ?? [];
}

function parseTerm(term: string): FieldRequirement {
  const match = /^((?:\\.|[^=!\\])+)(!=|==|=)(.*)$/s.exec(term);
  if (match === null) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = '', operator = '', value = ''] = match;
  return { field: field.trim(), isEqual: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') };
}
