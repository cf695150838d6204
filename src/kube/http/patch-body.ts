import type { Patch } from '../api-server.ts';

const CONTENT_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  // JSON is YAML.
  apply: 'application/apply-patch+yaml',
};

export function patchBody(patch: Patch): { readonly body: unknown; readonly contentType: string } {
  return { body: patch.type === 'json' ? patch.operations : patch.body, contentType: CONTENT_TYPES[patch.type] };
}
