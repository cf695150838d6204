/** Trouble on purpose, for tests and the simulator. */

/** What a fault hook is told about a request, before anything is done with it. */
export interface FaultRequest {
  readonly cluster: string;
  readonly method: string;
  /** Within the cluster: "/api/v1/pods". */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Parts may be combined; the first three end the request before it has had any effect. */
export interface Fault {
  /** Wait first. */
  readonly delayMs?: number;
  /** Destroy the connection without an answer. */
  readonly refuse?: boolean;
  /** Answer this status instead: 429 and 503 with Retry-After, if given. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Carry the request out, then destroy the connection instead of answering: the client cannot know. */
  readonly loseAnswer?: boolean;
  /** Destroy the connection after so many bytes of the answer's body. */
  readonly cutAfterBytes?: number;
}

export type FaultHook = (request: FaultRequest) => Fault | undefined;
