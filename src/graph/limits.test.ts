import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationCost, priceOperation } from './cost.ts';
import { guardText, LIMIT_RULES, LIMITS } from './limits.ts';
import { buildSchema } from './schema.ts';

const schema = buildSchema();
const refusals = (text: string) => validate(schema, parse(text), LIMIT_RULES).map(({ extensions }) => extensions['limit']);
const nested = (levels: number) => `{ pods { nodes ${'{ workload { pods { nodes '.repeat(levels)} { id } ${'} } }'.repeat(levels)} } }`;
const aliases = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: name`).join(' ');

describe('a text', () => {
  it('is refused before it is parsed when it is too long or too deep', () => {
    expect(guardText(`{ ${'a '.repeat(LIMITS.tokens)} }`)?.extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'tokens',
      value: LIMITS.tokens,
    });
    expect(guardText('{a'.repeat(5_000))?.extensions).toMatchObject({ limit: expect.stringMatching(/tokens|nesting/) });
    expect(guardText(`${'{a'.repeat(65)}${'}'.repeat(65)}`)?.extensions).toMatchObject({ limit: 'nesting' });
  });

  it('is let through otherwise, also when it is no GraphQL: the parser says it better', () => {
    expect(guardText('{ viewer { name } }')).toBeUndefined();
    expect(guardText('"unterminated')).toBeUndefined();
    expect(guardText(`{ a(text: "${'{'.repeat(200)}") }`)).toBeUndefined();
  });
});

describe('a document', () => {
  it.each([
    { name: 'too deep', text: nested(4), limit: 'depth' },
    { name: 'too many aliases', text: `{ viewer { ${aliases(31)} } }`, limit: 'aliases' },
    {
      name: 'too many root fields',
      text: `{ ${Array.from({ length: 21 }, (_, index) => `v${index}: viewer { name }`).join(' ')} }`,
      limit: 'rootFields',
    },
    { name: 'too many directives', text: `{ viewer { ${'name @include(if: true) '.repeat(21)} } }`, limit: 'directives' },
    {
      name: 'too many aliases by fragments',
      text: `{ viewer { ...a0 } } ${Array.from({ length: 8 }, (_, index) => `fragment a${index} on Viewer { x${index}: name ...a${index + 1} ...a${index + 1} }`).join(' ')} fragment a8 on Viewer { name }`,
      limit: 'aliases',
    },
  ])('is refused: $name', ({ text, limit }) => {
    expect(refusals(text)).toContain(limit);
  });

  it('is measured at once, however its fragments multiply', () => {
    const fragments = Array.from({ length: 40 }, (_, index) => `fragment f${index} on Viewer { ...f${index + 1} ...f${index + 1} }`).join(
      ' ',
    );
    const document = parse(`{ viewer { ...f0 } } ${fragments} fragment f40 on Viewer { name }`);
    expect(validate(schema, document, LIMIT_RULES)).toEqual([]);
    expect(operationCost({ schema, document })).toBeLessThan(10);
  });

  it('that spreads itself is left to the rule for that', () => {
    const document = parse('{ viewer { ...a } } fragment a on Viewer { name ...b } fragment b on Viewer { ...a }');
    expect(validate(schema, document, LIMIT_RULES)).toEqual([]);
    expect(operationCost({ schema, document })).toBeGreaterThan(0);
  });

  it('may introspect', () => {
    expect(
      refusals(
        '{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } }',
      ),
    ).toEqual([]);
  });
});

describe('the cost of an operation', () => {
  const cost = (text: string, variableValues: Record<string, unknown> = {}) =>
    operationCost({ schema, document: parse(text), variableValues });

  it('grows with the size of its pages, also when they come by variables', () => {
    const text = 'query ($n: Int = 10, $m: Int) { clusters(first: $n) { nodes { pods(first: $m) { nodes { id node { name } } } } } }';
    expect(cost(text, { n: 10, m: 100 })).toBeGreaterThan(2_000);
    expect(cost(text, { n: 10, m: 10 })).toBeLessThan(600);
    expect(priceOperation({ schema, document: parse(text), variableValues: { n: 500, m: 500 } }).errors[0]?.extensions).toMatchObject({
      code: 'COST_LIMIT_EXCEEDED',
    });
  });

  it('counts a search each time that it would be done', () => {
    const text = '{ pods(first: 500) { nodes { cluster { pods(first: 1) { totalCount } } } } }';
    expect(priceOperation({ schema, document: parse(text) }).errors).toHaveLength(1);
  });

  it('lets a plain page of the largest size through', () => {
    const text =
      '{ pods(first: 500) { totalCount edges { cursor node { id name status cluster { name } node { name ready } workload { name } containers { name image } } } } }';
    expect(priceOperation({ schema, document: parse(text) }).errors).toEqual([]);
  });

  it('is not asked for variables that do not fit: execution refuses them', () => {
    expect(cost('query ($n: Int) { pods(first: $n) { totalCount } }', { n: 'many' })).toBeUndefined();
  });
});
