import type { AnswerHeaders } from '../api-caller.ts';
import { envelopeAt } from './envelope.ts';
import { statusAt } from './protobuf-kind.ts';
import { isProtobuf } from './protobuf-negotiation.ts';
import { UnreadableProtobuf } from './unreadable-protobuf.ts';

/** An error's body as text; a Status in protobuf as JSON, '' where it cannot be read: the answer's own status says enough. */
export function statusText(headers: AnswerHeaders, body: Buffer): string {
  if (!isProtobuf(headers)) return body.toString('utf8');
  try {
    return JSON.stringify(statusAt(body, envelopeAt(body, 0, body.length)));
  } catch (error) {
    if (error instanceof UnreadableProtobuf) return '';
    throw error;
  }
}
