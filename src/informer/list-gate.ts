/** Who may list now: full lists are the heavy part of a reflector's life. */
export interface ListGate {
  /** Waits for a turn. Disposing gives it back. Resolves also when `signal` fires: the caller looks at the signal. */
  enter(signal: AbortSignal): Promise<Disposable>;
}

export const openGate: ListGate = { enter: () => Promise.resolve({ [Symbol.dispose]: () => {} }) };
