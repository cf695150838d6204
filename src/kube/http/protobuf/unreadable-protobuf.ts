/** Bytes that are not the message that they should be: ask for JSON. Says nothing of what they hold. */
export class UnreadableProtobuf extends Error {
  constructor() {
    super('the protobuf message is malformed or not of the kind asked for');
    this.name = 'UnreadableProtobuf';
  }
}

/** Made once: an error's stack is dear, and one page may hold a hostile message for every object. */
export const UNREADABLE = new UnreadableProtobuf();
