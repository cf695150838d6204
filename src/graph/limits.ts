import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { graphError } from './errors.ts';

/** What one document may hold. Fragments count wherever they are spread. */
export const LIMITS = {
  tokens: 2_000,
  nesting: 64,
  depth: 12,
  aliases: 30,
  rootFields: 20,
  directives: 20,
  fragments: 50,
  variables: 50,
  variableNesting: 32,
} as const;

type Limit = keyof typeof LIMITS;

const WAYS_ROUND: Readonly<Record<Limit, string>> = {
  tokens: 'pass values as variables, or ask in several requests',
  nesting: 'use fewer levels of braces and brackets',
  depth: 'begin nearer to what you want, for example with node(id:)',
  aliases: 'use a list field with a filter, or several requests',
  rootFields: 'ask in several requests',
  directives: 'leave fields out of the document instead',
  fragments: 'merge some of them',
  variables: 'put several into one input object',
  variableNesting: 'write the condition flatter, with lists in `and` and `or`',
};

function exceeded(limit: Limit): GraphQLError {
  return graphError('LIMIT_EXCEEDED', `A document has at most ${LIMITS[limit]} ${NAMES[limit]}; ${WAYS_ROUND[limit]}.`, {
    limit,
    value: LIMITS[limit],
  });
}

const NAMES: Readonly<Record<Limit, string>> = {
  tokens: 'tokens',
  nesting: 'levels of brackets',
  depth: 'levels of fields',
  aliases: 'aliases',
  rootFields: 'fields at its root',
  directives: 'directives',
  fragments: 'fragments',
  variables: 'variables',
  variableNesting: 'levels within its variables',
};

/** Refuses a text before it is parsed: the parser itself recurses. What is no GraphQL is left to the parser. */
export function guardText(text: string): GraphQLError | undefined {
  const lexer = new Lexer(new Source(text));
  try {
    return guardTokens(lexer);
  } catch {
    return undefined;
  }
}

function guardTokens(lexer: Lexer): GraphQLError | undefined {
  let nesting = 0;
  for (let tokens = 0; tokens <= LIMITS.tokens; tokens += 1) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return undefined;
    nesting += OPENING.has(kind) ? 1 : CLOSING.has(kind) ? -1 : 0;
    if (nesting > LIMITS.nesting) return exceeded('nesting');
  }
  return exceeded('tokens');
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Refuses variables that nest too deep: coercing them recurses. Walks level by level, without recursion. */
export function guardVariables(variables: unknown): GraphQLError | undefined {
  let level: readonly unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > LIMITS.variableNesting) return exceeded('variableNesting');
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return undefined;
}

/** Rules besides those of the specification. */
export const LIMIT_RULES: readonly ValidationRule[] = [documentLimits];

function documentLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
      if (fragments.length > LIMITS.fragments) context.reportError(exceeded('fragments'));
      const measure = new DocumentMeasure(fragments);
      for (const definition of document.definitions)
        if (definition.kind === Kind.OPERATION_DEFINITION) reportOperation(context, measure, definition);
      return false;
    },
  };
}

function reportOperation(context: ValidationContext, measure: DocumentMeasure, operation: OperationDefinitionNode): void {
  const { depth, aliases, directives, fields } = measure.of(operation.selectionSet);
  if (depth > LIMITS.depth) context.reportError(exceeded('depth'));
  if (aliases > LIMITS.aliases) context.reportError(exceeded('aliases'));
  if (directives > LIMITS.directives) context.reportError(exceeded('directives'));
  if (fields > LIMITS.rootFields) context.reportError(exceeded('rootFields'));
  if ((operation.variableDefinitions?.length ?? 0) > LIMITS.variables) context.reportError(exceeded('variables'));
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields at this level. */
  readonly fields: number;
}

const EMPTY: Measure = { depth: 0, aliases: 0, directives: 0, fields: 0 };

/** Measures with fragments in place; each fragment is measured once, however often it is spread. */
class DocumentMeasure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, Measure>();

  constructor(fragments: readonly FragmentDefinitionNode[]) {
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  of({ selections }: SelectionSetNode): Measure {
    return selections.reduce((sum, selection) => add(sum, this.#selection(selection)), EMPTY);
  }

  #selection(selection: SelectionNode): Measure {
    const directives = selection.directives?.length ?? 0;
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner =
          selection.selectionSet === undefined || selection.name.value.startsWith('__') ? EMPTY : this.of(selection.selectionSet);
        return {
          depth: inner.depth + 1,
          aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
          directives: inner.directives + directives,
          fields: 1,
        };
      }
      case Kind.INLINE_FRAGMENT:
        return add(this.of(selection.selectionSet), { ...EMPTY, directives });
      case Kind.FRAGMENT_SPREAD:
        return add(this.#fragment(selection.name.value), { ...EMPTY, directives });
    }
  }

  #fragment(name: string): Measure {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // Of a fragment that spreads itself another rule complains.
    this.#known.set(name, EMPTY);
    const fragment = this.#fragments.get(name);
    const measure = fragment === undefined ? EMPTY : this.of(fragment.selectionSet);
    this.#known.set(name, measure);
    return measure;
  }
}

function add(a: Measure, b: Measure): Measure {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    fields: a.fields + b.fields,
  };
}
