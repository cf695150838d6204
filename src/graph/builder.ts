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

/** The life of a stream, for everyone who writes a client. */
const STREAM_LIFE = `Every stream of objects has the same life.

SNAPSHOT messages (pages of at most 500), one SYNCED, then CHANGES. SYNCED comes when every cluster in scope is in, or is listed in staleClusters; what arrives later is ADDED. RESYNC says that continuity was lost, for \`resyncClusters\` or, if that is null, for all: keep showing the old rows, and at the next SYNCED drop those of these clusters that the new snapshot did not name. A relist of ours is no RESYNC: differences come as CHANGES. FRESHNESS: some cluster became stale or live again. CLOSING carries a last token, then the stream completes (shutdown, end of a socket's life).

\`resume\` valid: no SNAPSHOT; the missed CHANGES, then SYNCED. \`resume\` too old: RESYNC, whatever \`snapshot\` says. \`snapshot: false\` without resume: SYNCED at once, then CHANGES; an object's first appearance is ADDED.

Order: per object as committed, per cluster by commit, none between clusters. Each message is a batch of one or more commits; an object occurs at most once in it, in its latest state. An object that enters or leaves the filter, the selector or the viewer's rights is ADDED or REMOVED; when no right to the stream is left it ends with FORBIDDEN.`;

export const builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });

builder.addScalarType('DateTime', DateTime);
builder.addScalarType('JSON', Json);
builder.addScalarType('JSONObject', JsonObject);
builder.addScalarType('Quantity', Quantity);
builder.addScalarType('IntOrString', IntOrStringScalar);
builder.addScalarType('LabelSelector', LabelSelectorScalar);

builder.mutationType({
  description: 'Changing. Each field takes one `input` and answers a payload; refusals are `userErrors` of the payload.',
});
builder.subscriptionType({
  description: STREAM_LIFE,
});
builder.queryType({ description: 'Reading. Everything that the gateway knows is reachable from here.' });

/** The type parameter of references that the builder makes. */
export type Schema = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
