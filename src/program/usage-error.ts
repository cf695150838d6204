/**
 * One line for each problem of what was asked; undefined when the error is something else. The classes are
 * told by name, so that a command which does not need them does not load what throws them.
 */
export function usageLines(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'ConfigError':
      return error.message.split('\n');
    case 'KubeconfigError':
      return [`--kubeconfig: ${error.message}`];
    case 'ListenError':
      return [`${'key' in error ? String(error.key) : '--port'}: ${error.message}`];
    default:
      return undefined;
  }
}
