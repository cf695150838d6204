import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../apiserver/store/storage-error.ts';
import { ConfigError, type ConfigProblem } from '../config/problem.ts';
import { isHubError } from '../hub/hub-error.ts';
import { KubeconfigError } from '../kube/http/kubeconfig-error.ts';
import { ListenError, listenError } from '../server/http-listener.ts';

type KeyOf = (option: string) => string;

/** What the world answers to a wrong option, under the name that the person gave it; anything else as it is. */
export function asUsageError(error: unknown, keyOf: KeyOf): unknown {
  if (error instanceof ListenError) return new ConfigError([{ key: keyOf(error.option), message: error.message }]);
  if (error instanceof KubeconfigError) {
    return new ConfigError([{ key: keyOf(error.file === 'in-cluster' ? 'in-cluster' : 'kubeconfig'), message: error.message }]);
  }
  if (isHubError(error, 'not-allowed')) return new ConfigError([{ key: keyOf('hub'), message: error.message }]);
  if (error instanceof StorageError) return new ConfigError([{ key: keyOf('data-dir'), message: error.message }]);
  return error;
}

/** A failure to listen that came from a listener of somebody else's. */
export function asListenError(error: unknown, host: string, port: number): unknown {
  return error instanceof Error && 'syscall' in error ? listenError(error as NodeJS.ErrnoException, host, port) : error;
}

/** Throws `ConfigError` for files that could not be written later: better now than when everything has started. */
export function refuseUnwritable(files: Readonly<Record<string, string | undefined>>, keyOf: KeyOf): void {
  const problems = Object.entries(files).flatMap(([option, path]) => (path === undefined ? [] : unwritable(path, keyOf(option))));
  if (problems.length > 0) throw new ConfigError(problems);
}

function unwritable(path: string, key: string): ConfigProblem[] {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return [{ key, message: `${path} is a directory; name a file` }];
    return [];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return [{ key, message: `${path} cannot be written (${code}); name a file in a folder that is there and that you may write to` }];
  }
}
