import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';
import { type LabelSelector, LabelSelectorError, parseLabelSelector } from '../model/label-selector.ts';
import type { IntOrString } from '../model/object-record.ts';
import { badInput } from './errors.ts';

const described = (scalar: GraphQLScalarType, description: string) => new GraphQLScalarType({ ...scalar.toConfig(), description });

export const DateTime = described(
  GraphQLDateTime,
  'An instant as RFC 3339 writes it, in UTC with milliseconds, e.g. `2026-01-31T12:00:00.000Z`.',
);
export const Json = described(GraphQLJSON, 'Any JSON value.');
export const JsonObject = described(GraphQLJSONObject, 'A JSON object: names and values of any kind.');

export const Quantity = new GraphQLScalarType({
  name: 'Quantity',
  description: 'A Kubernetes quantity, e.g. `250m`, `4Gi`.',
  specifiedByURL: 'https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/',
  serialize: String,
});

export const IntOrStringScalar = new GraphQLScalarType<IntOrString, IntOrString>({
  name: 'IntOrString',
  description: 'An integer or a percentage, as Kubernetes writes it: `3` or `"25%"`.',
  serialize: (value) => (typeof value === 'number' ? value : String(value)),
  parseValue: parseIntOrString,
  parseLiteral: (node) => parseIntOrString(literalOf(node)),
});

export const LabelSelectorScalar = new GraphQLScalarType<LabelSelector, string>({
  name: 'LabelSelector',
  description:
    "A label selector in kubectl's syntax: `app=web,tier in (a,b),!canary`. Requirements are joined by commas and must all hold; an empty text selects everything.",
  specifiedByURL: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  serialize: String,
  parseValue: parseSelector,
  parseLiteral: (node) => parseSelector(literalOf(node)),
});

function parseIntOrString(value: unknown): IntOrString {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'string' && /^[0-9]{1,9}%?$/.test(value)) return value.endsWith('%') ? value : Number(value);
  throw badInput('IntOrString', 'write a whole number such as 3, or a percentage such as "25%"');
}

function parseSelector(value: unknown): LabelSelector {
  if (typeof value !== 'string') throw badInput('LabelSelector', 'write it as a string in kubectl\'s syntax, e.g. "app=web,tier in (a,b)"');
  try {
    return parseLabelSelector(value);
  } catch (error) {
    if (error instanceof LabelSelectorError)
      throw badInput('LabelSelector', `${error.message}; write kubectl's syntax, e.g. "app=web,tier in (a,b),!canary"`);
    throw error;
  }
}

function literalOf(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
      return Number(node.value);
    case Kind.STRING:
      return node.value;
    default:
      throw new GraphQLError('expected a string or a whole number', {
        nodes: node,
        extensions: { code: 'BAD_USER_INPUT', retryable: false },
      });
  }
}
