import SchemaBuilder from '@pothos/core';
import type { LabelSelector } from '../model/label-selector.ts';
import type { IntOrString } from '../model/object-record.ts';
import type { GraphContext } from './context.ts';
import { DateTime, IntOrStringScalar, Json, JsonObject, LabelSelectorScalar, Quantity } from './scalars.ts';

export interface SchemaTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Handed out as milliseconds since 1970. */
    DateTime: { Input: Date; Output: number };
    JSON: { Input: unknown; Output: unknown };
    JSONObject: { Input: Readonly<Record<string, unknown>>; Output: Readonly<Record<string, unknown>> };
    Quantity: { Input: string; Output: string };
    IntOrString: { Input: IntOrString; Output: IntOrString };
    LabelSelector: { Input: LabelSelector; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });

builder.addScalarType('DateTime', DateTime);
builder.addScalarType('JSON', Json);
builder.addScalarType('JSONObject', JsonObject);
builder.addScalarType('Quantity', Quantity);
builder.addScalarType('IntOrString', IntOrStringScalar);
builder.addScalarType('LabelSelector', LabelSelectorScalar);

builder.queryType({ description: 'Reading. Everything that the gateway knows is reachable from here.' });

/** The type parameter of references that the builder makes. */
export type Schema = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
