import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/kube-object.ts';
import { aPod } from '../testing/core-for-tests.ts';
import { ageOf } from './age.ts';
import { valuesAtPath } from './json-path.ts';
import { POD_TABLE } from './pod-table.ts';

const NOW = Date.UTC(2026, 0, 1, 1);
const ready = { type: 'Ready', status: 'True' };
const status = (state: JsonObject, rest: JsonObject = {}) => ({ name: 'main', ready: false, restartCount: 0, state, ...rest });
const RUNNING = status({ running: {} }, { ready: true });

describe('the pod table', () => {
  it.each<[string, JsonObject, string[]]>([
    ['pending', { status: { phase: 'Pending' } }, ['0/1', 'Pending', '0']],
    ['running', { status: { phase: 'Running', conditions: [ready], containerStatuses: [RUNNING] } }, ['1/1', 'Running', '0']],
    [
      'waiting',
      { status: { phase: 'Pending', containerStatuses: [status({ waiting: { reason: 'ImagePullBackOff' } })] } },
      ['0/1', 'ImagePullBackOff', '0'],
    ],
    [
      'crashing',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            status(
              { waiting: { reason: 'CrashLoopBackOff' } },
              { restartCount: 4, lastState: { terminated: { finishedAt: '2026-01-01T00:59:00Z' } } },
            ),
          ],
        },
      },
      ['0/1', 'CrashLoopBackOff', '4 (60s ago)'],
    ],
    [
      'completed',
      { status: { phase: 'Succeeded', containerStatuses: [status({ terminated: { reason: 'Completed', exitCode: 0 } })] } },
      ['0/1', 'Completed', '0'],
    ],
    ['failed', { status: { phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 3 } })] } }, ['0/1', 'ExitCode:3', '0']],
    [
      'killed',
      { status: { phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 137, reason: 'OOMKilled' } })] } },
      ['0/1', 'OOMKilled', '0'],
    ],
    ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, ['0/1', 'Evicted', '0']],
    [
      'terminating',
      { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Running', containerStatuses: [RUNNING] } },
      ['1/1', 'Terminating', '0'],
    ],
    ['on a lost node', { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Running', reason: 'NodeLost' } }, ['0/1', 'Unknown', '0']],
    [
      'initializing',
      {
        spec: { initContainers: [{}, {}] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [status({ terminated: { exitCode: 0 } }), status({ waiting: { reason: 'PodInitializing' } })],
        },
      },
      ['0/1', 'Init:1/2', '0'],
    ],
    [
      'failing to initialize',
      {
        spec: { initContainers: [{}] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [status({ terminated: { exitCode: 1, reason: 'Error' } }, { restartCount: 2 })],
        },
      },
      ['0/1', 'Init:Error', '2'],
    ],
    [
      'gated',
      { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] } },
      ['0/1', 'SchedulingGated', '0'],
    ],
  ])('shows a pod that is %s', (_name, rest, expected) => {
    expect(POD_TABLE.cells(aPod('p', rest), NOW).slice(1, 4)).toEqual(expected);
  });
});

describe('ageOf', () => {
  it.each([
    [5, '5s'],
    [119, '119s'],
    [120, '2m'],
    [200, '3m20s'],
    [601, '10m'],
    [3 * 3600 + 60, '3h1m'],
    [20 * 3600, '20h'],
    [3 * 86_400 + 7200, '3d2h'],
    [30 * 86_400, '30d'],
    [3 * 365 * 86_400, '3y'],
    [-10, '<invalid>'],
  ])('%i seconds are %s', (seconds, words) => {
    expect(ageOf(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(words);
  });
});

describe('valuesAtPath', () => {
  const object = {
    a: {
      b: [
        { n: 'x', t: 'Ready', s: 'True' },
        { n: 'y', t: 'Other', s: 'False' },
      ],
    },
    'odd.key': 1,
  };
  it.each([
    ['.a.b[*].n', ['x', 'y']],
    ['.a.b[0].n', ['x']],
    ['.a.b[?(@.t=="Ready")].s', ['True']],
    ["['odd.key']", [1]],
    ['.missing.x', []],
    ['.constructor', []],
    ['{.a.b[-1:]}', []],
  ])('%s', (path, expected) => {
    expect(valuesAtPath(object, path)).toEqual(expected);
  });
});
