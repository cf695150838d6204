import type { AuditEvent } from './audit-event.ts';

const DEFAULT_LIMIT = 10_000;

/** The last writes, oldest forgotten first. */
export class AuditLog {
  readonly #limit: number;
  readonly #onEvent: ((event: AuditEvent) => void) | undefined;
  #events: AuditEvent[] = [];

  constructor(onEvent?: (event: AuditEvent) => void, limit = DEFAULT_LIMIT) {
    this.#onEvent = onEvent;
    this.#limit = limit;
  }

  /** Oldest first. */
  get events(): readonly AuditEvent[] {
    return this.#events.slice(-this.#limit);
  }

  record(event: AuditEvent): void {
    this.#events.push(event);
    if (this.#events.length > this.#limit * 2) this.#events = this.#events.slice(-this.#limit);
    this.#onEvent?.(event);
  }
}
