/** Somebody as a cluster knows them: what a TokenReview answers and what impersonation asserts. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
