import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** What programs that start the gateway want to know; see docs of `--ready-file`. */
export interface ReadyFile {
  readonly url: string;
  /** The three that only a gateway has. */
  readonly graphql?: string;
  readonly websocket?: string;
  readonly playground?: string | null;
  readonly pid: number;
  readonly token: string | null;
  readonly tokens: Readonly<Record<string, string>>;
  readonly kubeconfig: string | null;
}

/** Appears whole or not at all (atomic rename), readable by its owner only: it holds tokens. */
export function writeReadyFile(path: string, content: ReadyFile): void {
  const partial = `${path}.${content.pid}.part`;
  writeFileSync(partial, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(partial, path);
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
