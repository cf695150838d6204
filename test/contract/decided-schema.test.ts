import { readFileSync } from 'node:fs';
import {
  buildSchema as buildFromText,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/graph/schema.ts';

// Names that clients were promised. What is not there yet may come; what is there is as decided.
const decided = buildFromText(readFileSync(new URL('decided-schema.graphql', import.meta.url), 'utf8'));
const ours = buildSchema();

/** Everything about a type that a document can depend on, by its path. */
function contractOf(type: GraphQLNamedType): Map<string, string> {
  const contract = new Map<string, string>([[type.name, kindOf(type)]]);
  if (isEnumType(type)) for (const { name } of type.getValues()) contract.set(`${type.name}.${name}`, 'value');
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) contract.set(`${type.name}.${field.name}`, inputText(field));
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const { name } of type.getInterfaces()) contract.set(`${type.name} implements ${name}`, 'true');
    for (const field of Object.values(type.getFields())) {
      contract.set(`${type.name}.${field.name}`, String(field.type));
      for (const arg of field.args) contract.set(`${type.name}.${field.name}(${arg.name})`, inputText(arg));
    }
  }
  return contract;
}

const inputText = ({ type, defaultValue }: Pick<GraphQLInputField, 'type' | 'defaultValue'>) =>
  `${type}${defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`}`;

const kindOf = (type: GraphQLNamedType) => `${type.constructor.name}${isInputObjectType(type) && type.isOneOf ? ' oneOf' : ''}`;

function contractOfSchema(schema: GraphQLSchema): Map<string, string> {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return new Map(types.flatMap((type) => [...contractOf(type)]));
}

describe('the schema and what was decided', () => {
  const theirs = contractOfSchema(decided);
  const mine = contractOfSchema(ours);

  it('agrees on every type, field, argument and value that both have', () => {
    const different = [...mine].filter(([path, text]) => theirs.has(path) && theirs.get(path) !== text);
    expect(different.map(([path, text]) => `${path}: ${text}, decided ${theirs.get(path)}`)).toEqual([]);
  });

  it('lacks only what is still to come', () => {
    const missing = [...theirs.keys()].filter((path) => !mine.has(path)).sort();
    const types = missing.filter((path) => decided.getType(path) !== undefined);
    const members = missing.filter(
      (path) => !types.some((type) => path === type || path.startsWith(`${type}.`) || path.startsWith(`${type} `)),
    );
    expect({ types, members }).toMatchSnapshot();
  });
});

describe('descriptions', () => {
  it('are there for every type, field, argument and value', () => {
    const bare: string[] = [];
    const note = (path: string, description: string | null | undefined) => {
      if (!description?.trim()) bare.push(path);
    };
    for (const type of Object.values(ours.getTypeMap())) {
      if (type.name.startsWith('__') || ['ID', 'Int', 'String', 'Boolean', 'Float'].includes(type.name)) continue;
      note(type.name, type.description);
      if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value.description);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field.description);
      if (isUnionType(type) || !(isObjectType(type) || isInterfaceType(type))) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field.description);
        for (const arg of field.args) note(`${type.name}.${field.name}(${arg.name})`, arg.description);
      }
    }
    expect(bare).toEqual([]);
  });
});
