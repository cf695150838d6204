import { PROTOBUF_MESSAGES } from './messages.ts';

/** What Kubernetes' protobuf is called in Content-Type and Accept; a watch adds `;stream=watch`. */
export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** What an object or a list in this form begins with: "k8s" and a zero. */
export const MAGIC: readonly number[] = [0x6b, 0x38, 0x73, 0x00];

export type FieldForm = 'single' | 'list' | 'map' | 'inline';

export interface FieldRule {
  readonly name: string;
  readonly type: string;
  readonly form: FieldForm;
  /** Sent only when it is set: a zero is meant. */
  readonly isPointer: boolean;
  /** Go sends what is no pointer, zero or not; as JSON most zeros are left out, this one is told. */
  readonly tellsZero: boolean;
}

/** The message of a built-in kind; undefined where there is none. */
export function messageOf(group: string, kind: string): string | undefined {
  if (kind === 'Event') return group === '' ? 'CoreEvent' : 'EventsEvent';
  return Object.hasOwn(PROTOBUF_MESSAGES, kind) ? kind : undefined;
}

const FORMS: Readonly<Record<string, FieldForm>> = { '*': 'list', '%': 'map', '^': 'inline' };
const rulesByMessage = new Map<string, ReadonlyMap<number, FieldRule>>();

/** The fields of a message by number. */
export function rulesOf(message: string): ReadonlyMap<number, FieldRule> {
  let rules = rulesByMessage.get(message);
  if (rules === undefined) {
    rules = new Map(
      (PROTOBUF_MESSAGES[message] ?? '')
        .split(' ')
        .filter((text) => text !== '')
        .map(parseRule),
    );
    rulesByMessage.set(message, rules);
  }
  return rules;
}

function parseRule(text: string): [number, FieldRule] {
  const [, number = '', name = '', type = '', mark = ''] = /^([0-9]+)([^=]*)=(\w+)([*%^?!]?)$/.exec(text) ?? [];
  return [Number(number), { name, type, form: FORMS[mark] ?? 'single', isPointer: mark === '?', tellsZero: mark === '!' }];
}
