import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { graphError } from './errors.ts';
import { guardVariables } from './limits.ts';

/**
 * What one operation may cost. An object costs 1 for each time that it may occur in the answer; a list that is
 * searched costs 20 more each time. Pages count by `first`, other lists as three.
 */
export const MAX_COST = 10_000;

const SEARCH_COST = 20;
const ASSUMED_SIZE = 3;

export interface PricedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What the operation may cost, now that its variables are known, with an error when that is beyond the bound. */
export function priceOperation(operation: PricedOperation): {
  readonly requested: number;
  readonly limit: number;
  readonly errors: readonly GraphQLError[];
} {
  const tooDeep = guardVariables(operation.variableValues);
  if (tooDeep !== undefined) return { requested: 0, limit: MAX_COST, errors: [tooDeep] };
  const cost = operationCost(operation) ?? 0;
  return { requested: cost, limit: MAX_COST, errors: cost <= MAX_COST ? [] : [tooCostly(cost)] };
}

function tooCostly(cost: number): GraphQLError {
  return graphError(
    'COST_LIMIT_EXCEEDED',
    `The operation may cost ${cost}, and at most ${MAX_COST} is allowed; ask for smaller pages (\`first\`), fewer lists inside lists, or several requests.`,
    { cost, limit: MAX_COST },
  );
}

/** Undefined for what will be refused anyhow: an unknown operation, or variables that do not fit. */
export function operationCost({ schema, document, operationName, variableValues }: PricedOperation): number | undefined {
  const operation = getOperationAST(document, operationName);
  const root = operation == null ? undefined : schema.getRootType(operation.operation);
  if (operation == null || root == null) return undefined;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (coerced === undefined) return undefined;
  return new Pricing(schema, document, coerced).of(operation.selectionSet, root, 1);
}

/** Walks each fragment once for each type and page size that it is spread at. */
class Pricing {
  readonly #schema: GraphQLSchema;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, number>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema;
    this.#variables = variables;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  /** `pageSize`: rows of the connection that `parent` is. */
  of({ selections }: SelectionSetNode, parent: GraphQLCompositeType, pageSize: number): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += this.#field(selection, parent, pageSize);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += this.#fragment(selection.name.value, parent, pageSize);
      else cost += this.of(selection.selectionSet, this.#typeOr(parent, selection.typeCondition?.name.value), pageSize);
    }
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, pageSize: number): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field === undefined ? undefined : getNamedType(field.type);
    if (field === undefined || !isCompositeType(type) || node.selectionSet === undefined) return 0;
    const first = this.#firstOf(field, node);
    const occurrences = isListType(getNullableType(field.type)) ? sizeOfList(node.name.value, parent, pageSize, first) : 1;
    const search = type.name.endsWith('Connection') ? SEARCH_COST : 0;
    return search + occurrences * (1 + this.of(node.selectionSet, type, first ?? pageSize));
  }

  /** A page size, or the number of ids, where the field has one. */
  #firstOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
    if (!field.args.some(({ name }) => SIZING.has(name))) return undefined;
    const { first, ids, input } = getArgumentValues(field, node, this.#variables);
    if (input !== undefined) return idsOf(input);
    if (typeof first === 'number') return Math.max(1, first);
    if (Array.isArray(ids)) return ids.length;
    return field.args.some(({ name }) => name === 'first') ? DEFAULT_PAGE : undefined;
  }

  #fragment(name: string, parent: GraphQLCompositeType, pageSize: number): number {
    const key = `${name} ${parent.name} ${pageSize}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, 0);
    const fragment = this.#fragments.get(name);
    const cost =
      fragment === undefined ? 0 : this.of(fragment.selectionSet, this.#typeOr(parent, fragment.typeCondition.name.value), pageSize);
    this.#known.set(key, cost);
    return cost;
  }

  #typeOr(parent: GraphQLCompositeType, name: string | undefined): GraphQLCompositeType {
    const type = name === undefined ? undefined : this.#schema.getType(name);
    return isCompositeType(type) ? type : parent;
  }
}

const SIZING: ReadonlySet<string> = new Set(['first', 'ids', 'input']);

/** The ids that a command to many objects names; undefined for any other input. */
function idsOf(input: unknown): number | undefined {
  const rollouts = (input as { readonly rollouts?: unknown } | null)?.rollouts;
  return Array.isArray(rollouts) ? rollouts.length : undefined;
}

/** Lists that have a row for each id that was asked about. */
const ROW_FOR_EACH: ReadonlySet<string> = new Set(['RolloutsCommandPayload.results']);

const DEFAULT_PAGE = 50;

function sizeOfList(field: string, parent: GraphQLCompositeType, pageSize: number, first: number | undefined): number {
  if (first !== undefined) return first;
  if (ROW_FOR_EACH.has(`${parent.name}.${field}`)) return pageSize;
  return parent.name.endsWith('Connection') && (field === 'nodes' || field === 'edges') ? pageSize : ASSUMED_SIZE;
}
