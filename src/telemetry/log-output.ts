import { type LevelWithSilent, pino } from 'pino';
import type { LogFields, Logger } from '../runtime/logger.ts';

/** Where log lines go: `write` takes one line with its newline. */
export interface LogSink {
  write(line: string): void;
}

/** JSON: one object a line. Text: for eyes on a terminal. Messages go to `sink` (standard error), never to standard output. */
export function createLogger(format: 'json' | 'text', sink: LogSink, level: LevelWithSilent = 'info'): Logger {
  const destination = format === 'json' ? sink : { write: (line: string) => sink.write(textLine(line)) };
  const base = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  return wrap(base);
}

function wrap(target: Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error' | 'child'>): Logger {
  return {
    debug: (message, fields = {}) => target.debug(fields, message),
    info: (message, fields = {}) => target.info(fields, message),
    warn: (message, fields = {}) => target.warn(fields, message),
    error: (message, fields = {}) => target.error(fields, message),
    child: (fields) => wrap(target.child({ ...fields })),
  };
}

function textLine(json: string): string {
  const { time, level, msg, ...fields }: { time: string; level: string; msg: string } & LogFields = JSON.parse(json);
  const rest = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value)}`)
    .join(' ');
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${msg}${rest === '' ? '' : `  ${rest}`}\n`;
}
