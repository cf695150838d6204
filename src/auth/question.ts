import type { AccessAttributes } from '../kube/api-server.ts';
import type { GroupResource } from '../model/resource.ts';
import { lengthPrefixed } from './length-prefixed.ts';

/** A question about one right, with the keys under which its answer is kept. */
export interface Question {
  readonly cluster: string;
  readonly attributes: AccessAttributes;
  readonly key: string;
}

/** Asked without an object's name: about all of a kind, in all namespaces or in one. */
export function questionOf(cluster: string, verb: string, resource: GroupResource, namespace?: string): Question {
  const dot = resource.indexOf('.');
  const group = dot < 0 ? '' : resource.slice(dot + 1);
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  return {
    cluster,
    attributes: { verb, group, resource: plural, ...(namespace === undefined ? {} : { namespace }) },
    key: lengthPrefixed([cluster, verb, group, plural, ...(namespace === undefined ? [] : [namespace])]),
  };
}

/** Whether somebody sees anything in the cluster: asked of nobody, answered from other answers. */
export function sightOf(cluster: string): Pick<Question, 'cluster' | 'key'> {
  return { cluster, key: lengthPrefixed([cluster]) };
}
