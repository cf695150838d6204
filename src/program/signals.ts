import { EXIT, type ExitCode } from './exit-code.ts';

/**
 * Resolves with the exit code when the process is asked to end: SIGTERM 0, SIGINT 130. A second signal ends it at once.
 */
export function untilAskedToEnd(process: NodeJS.Process): Promise<ExitCode> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (code: ExitCode) => () => {
      if (asked) process.exit(code);
      asked = true;
      resolve(code);
    };
    process.on('SIGTERM', onSignal(EXIT.success));
    process.on('SIGINT', onSignal(EXIT.interrupted));
  });
}
