/**
 * Label selectors in kubectl's syntax: `app=shop,tier!=cache,env in (prod,stage),!canary,size>3`.
 * Source: apimachinery, pkg/labels/selector.go.
 */
export type LabelOperator = '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** One value for `=`, `!=`, `>`, `<`; none for `exists` and `!`. */
  readonly values: readonly string[];
}

/** All requirements must hold; an empty list holds for everything. */
export type LabelSelector = readonly LabelRequirement[];

/** Bounds on what one selector may ask: it is matched against every object of a list. */
const SELECTOR_LIMITS = { characters: 16_384, requirements: 256, values: 1_024 } as const;

export class LabelSelectorError extends Error {
  /** Where in the text, counted from 0. */
  readonly position: number;
  /** The rule that is broken, without the position. */
  readonly rule: string;

  constructor(rule: string, position: number) {
    super(`${rule} (at position ${position})`);
    this.name = 'LabelSelectorError';
    this.rule = rule;
    this.position = position;
  }
}

/** Throws `LabelSelectorError`. An empty text selects everything. */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.length > SELECTOR_LIMITS.characters)
    throw new LabelSelectorError(`a selector has at most ${SELECTOR_LIMITS.characters} characters`, SELECTOR_LIMITS.characters);
  return new SelectorParser(text).parse();
}

export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>> | undefined): boolean {
  for (const requirement of selector) if (!holds(requirement, labels)) return false;
  return true;
}

function holds({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>> | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
    case '<':
      return value !== undefined && INTEGER.test(value) && isBeyond(operator, BigInt(value), BigInt(values[0] ?? '0'));
  }
}

const isBeyond = (operator: '>' | '<', value: bigint, bound: bigint) => (operator === '>' ? value > bound : value < bound);

/** The selector of a `LabelSelector` object (`matchLabels`, `matchExpressions`); undefined when it is malformed. */
export function labelSelectorOf(object: unknown): LabelSelector | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  const { matchLabels, matchExpressions } = object as { matchLabels?: unknown; matchExpressions?: unknown };
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map(requirementOf) : [];
  if (expressions.includes(undefined)) return undefined;
  const equalities = Object.entries(typeof matchLabels === 'object' && matchLabels !== null ? matchLabels : {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: '=', values: [String(value)] }),
  );
  return [...equalities, ...expressions.filter((expression) => expression !== undefined)];
}

const EXPRESSION_OPERATORS: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

function requirementOf(expression: unknown): LabelRequirement | undefined {
  const { key, operator, values } = (expression ?? {}) as { key?: unknown; operator?: unknown; values?: unknown };
  const known = typeof operator === 'string' && Object.hasOwn(EXPRESSION_OPERATORS, operator) ? EXPRESSION_OPERATORS[operator] : undefined;
  if (typeof key !== 'string' || known === undefined) return undefined;
  return { key, operator: known, values: Array.isArray(values) ? values.map(String) : [] };
}

/** In kubectl's syntax; `parseLabelSelector` reads it back as the same selector. */
export function formatLabelSelector(selector: LabelSelector): string {
  return selector.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

const INTEGER = /^-?[0-9]{1,18}$/;
const NAME_PART = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX_PART = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** "app", "app.kubernetes.io/name": an optional DNS prefix of at most 253 characters and a name of at most 63. */
function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return NAME_PART.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && PREFIX_PART.test(prefix) && NAME_PART.test(key.slice(slash + 1));
}

function isLabelValue(value: string): boolean {
  return LABEL_VALUE.test(value);
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /\s*(==|!=|=|!|>|<|\(|\)|,|[^\s=!<>(),]+)/y;
const PUNCTUATION = new Set(['==', '!=', '=', '!', '>', '<', '(', ')', ',']);

class SelectorParser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;

  constructor(text: string) {
    this.#end = text.length;
    this.#tokens = tokensOf(text);
  }

  parse(): LabelSelector {
    const requirements: LabelRequirement[] = [];
    if (this.#peek() === undefined) return requirements;
    do {
      if (requirements.length === SELECTOR_LIMITS.requirements)
        this.#fail(`a selector has at most ${SELECTOR_LIMITS.requirements} requirements`);
      requirements.push(this.#requirement());
    } while (this.#take(','));
    if (this.#peek() !== undefined) this.#fail(`expected ',' or the end, found '${this.#peek()}'`);
    return requirements;
  }

  #requirement(): LabelRequirement {
    if (this.#take('!')) return { key: this.#key(), operator: '!', values: [] };
    const key = this.#key();
    const operator = this.#peek();
    if (operator === undefined || operator === ',') return { key, operator: 'exists', values: [] };
    this.#next += 1;
    switch (operator) {
      case '=':
      case '==':
        return { key, operator: '=', values: [this.#value()] };
      case '!=':
        return { key, operator: '!=', values: [this.#value()] };
      case '>':
      case '<':
        return { key, operator, values: [this.#integer()] };
      case 'in':
      case 'notin':
        return { key, operator, values: this.#values() };
      default:
        this.#next -= 1;
        return this.#fail(`expected an operator (=, ==, !=, in, notin, >, <), found '${operator}'`);
    }
  }

  #key(): string {
    const key = this.#word();
    if (key === undefined) return this.#fail("expected a label key: letters, digits, '-', '_' or '.'");
    if (!isLabelKey(key))
      return this.#failBefore(
        `'${key}' is not a label key: [prefix/]name, a name of at most 63 letters, digits, '-', '_' or '.', a prefix that is a DNS subdomain`,
      );
    return key;
  }

  #value(): string {
    const value = this.#word() ?? '';
    return isLabelValue(value)
      ? value
      : this.#failBefore(
          `'${value}' is not a label value: at most 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit`,
        );
  }

  #integer(): string {
    const value = this.#word() ?? '';
    return INTEGER.test(value) ? value : this.#failBefore(`'>' and '<' compare with an integer, not with '${value}'`);
  }

  #values(): string[] {
    if (!this.#take('(')) this.#fail("expected '(' after in or notin");
    const values = [this.#value()];
    while (this.#take(',')) {
      if (values.length === SELECTOR_LIMITS.values) this.#fail(`a requirement has at most ${SELECTOR_LIMITS.values} values`);
      values.push(this.#value());
    }
    if (!this.#take(')')) this.#fail("expected ',' or ')' in a list of values");
    return values;
  }

  #word(): string | undefined {
    const text = this.#peek();
    if (text === undefined || PUNCTUATION.has(text)) return undefined;
    this.#next += 1;
    return text;
  }

  #take(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next += 1;
    return true;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  #fail(rule: string): never {
    throw new LabelSelectorError(rule, this.#tokens[this.#next]?.at ?? this.#end);
  }

  #failBefore(rule: string): never {
    this.#next = Math.max(0, this.#next - 1);
    return this.#fail(rule);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const word = match[1] ?? '';
    tokens.push({ text: word, at: match.index + match[0].length - word.length });
  }
  return tokens;
}
