/** Which form of answer a client accepts. */
import { PROTOBUF_TYPE } from '../../kube/protobuf/message-rules.ts';
import { notAcceptable } from '../status.ts';

export type AnswerForm =
  | { readonly as: 'object'; readonly isProtobuf?: true }
  | { readonly as: 'table' | 'partial' | 'partial-list' | 'group-discovery'; readonly version: string };

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The first form in `accept` that this server can give: protobuf where it `hasProtobuf` of the kind. Throws 406 when there is none. */
export function acceptedForm(accept: string | undefined, hasProtobuf = false): AnswerForm {
  if (accept === undefined || accept.trim() === '') return { as: 'object' };
  for (const media of accept.split(',').map(parseMediaType)) {
    const form = hasProtobuf && isPlainProtobuf(media) ? PROTOBUF : formOf(media);
    if (form !== undefined) return form;
  }
  throw notAcceptable('application/json');
}

export function parseMediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  return { type: type.toLowerCase(), parameters: new Map(parameters.map((parameter) => splitAt(parameter, '='))) };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

export function isProtobufForm(form: AnswerForm): boolean {
  return form.as === 'object' && form.isProtobuf === true;
}

const PROTOBUF: AnswerForm = { as: 'object', isProtobuf: true };

/** Tables and bare metadata are JSON here. */
function isPlainProtobuf({ type, parameters }: MediaType): boolean {
  return type === PROTOBUF_TYPE && !parameters.has('as');
}

const TRANSFORMS: Readonly<Record<string, Exclude<AnswerForm['as'], 'object'>>> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partial-list',
  APIGroupDiscoveryList: 'group-discovery',
};

function formOf({ type, parameters }: MediaType): AnswerForm | undefined {
  if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') return undefined;
  const transform = parameters.get('as');
  if (transform === undefined) return { as: 'object' };
  const as = Object.hasOwn(TRANSFORMS, transform) ? TRANSFORMS[transform] : undefined;
  return as === undefined ? undefined : { as, version: parameters.get('v') ?? 'v1' };
}
