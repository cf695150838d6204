import { describe, expect, it } from 'vitest';
import { readinessBudgetSeconds } from './readiness-budget.ts';

const template = (...containers: readonly object[]) => ({ spec: { containers } });

describe('how long containers may run before their pod is ready', () => {
  it.each([
    ['no probe', template({}), {}, 25],
    ['a readiness probe that begins late', template({ readinessProbe: { initialDelaySeconds: 40 } }), {}, 65],
    ['a startup probe', template({ startupProbe: { failureThreshold: 30, periodSeconds: 10 } }), {}, 325],
    ['a startup probe as it comes', template({ startupProbe: {} }), {}, 55],
    ['the slowest of several', template({}, { startupProbe: { initialDelaySeconds: 5, failureThreshold: 2, periodSeconds: 5 } }), {}, 40],
    ['pods that took long so far', template({}), { usual: 70 }, 140],
    ['pods that were unready in between', template({}), { usual: 5_000 }, 180],
    ['pods that were quick, and probes that grant more', template({ startupProbe: {} }), { usual: 3 }, 55],
  ])('%s', (_name, pod, known, expected) => {
    expect(readinessBudgetSeconds(pod, { base: 25, ...known })).toBe(expected);
  });
});
