/**
 * Which members of a body its kind does not have. The real server drops them and, as `fieldValidation` asks, refuses
 * or warns. The members of built-in kinds are read from the protobuf messages, those of custom kinds from schemas.
 */

import { type FieldRule, messageOf, rulesOf } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import type { ServedResource } from '../resources/resource-definition.ts';

/** Removes unknown members from `body`, which the caller owns, and returns their paths: `spec.template.foo`. */
export function dropUnknownFields({ definition }: ServedResource, body: unknown): string[] {
  if (!isJsonObject(body) || definition.isCustom) return [];
  const message = messageOf(definition.group, definition.kind);
  return message === undefined ? [] : dropFrom(body, message, '');
}

function dropFrom(object: JsonObject, message: string, path: string): string[] {
  const rules = rulesByName(message);
  return Object.entries(object).flatMap(([name, value]) => {
    if (name.startsWith('$') || name === 'apiVersion' || name === 'kind') return [];
    const at = path === '' ? name : `${path}.${name}`;
    const rule = rules.get(name);
    if (rule !== undefined) return dropWithin(value, rule, at);
    delete object[name];
    return [at];
  });
}

function dropWithin(value: unknown, { type, form }: FieldRule, path: string): string[] {
  if (type.length === 1) return [];
  if (form === 'list' && Array.isArray(value))
    return value.flatMap((item, at) => (isJsonObject(item) ? dropFrom(item, type, `${path}[${at}]`) : []));
  if (!isJsonObject(value)) return [];
  if (form === 'map')
    return Object.entries(value).flatMap(([key, item]) => (isJsonObject(item) ? dropFrom(item, type, `${path}[${key}]`) : []));
  return dropFrom(value, type, path);
}

const names = new Map<string, ReadonlyMap<string, FieldRule>>();

/** The rules of a message by member name; those of embedded messages stand among them. */
function rulesByName(message: string): ReadonlyMap<string, FieldRule> {
  let known = names.get(message);
  if (known === undefined) {
    known = new Map(
      [...rulesOf(message).values()].flatMap((rule) =>
        rule.form === 'inline' ? [...rulesByName(rule.type)] : [[rule.name, rule] as const],
      ),
    );
    names.set(message, known);
  }
  return known;
}
