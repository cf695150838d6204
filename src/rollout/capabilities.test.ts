import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import { seededRandom } from '../runtime/random.ts';
import { rolloutCapabilities } from './capabilities.ts';
import { ROLLOUT_VERBS } from './events.ts';
import { isFinished } from './state.ts';
import { step } from './step.ts';

describe('what a viewer is told they can do', () => {
  it('is what then happens, in 200 random runs', () => {
    for (let seed = 1; seed <= 200; seed += 1) walk(seed);
  });
});

function walk(seed: number): void {
  const random = seededRandom(seed);
  const run = new ARun({ kind: random.pick(['Deployment', 'CloneSet v1beta1'] as const), tag: random.pick(['v2', 'v2-crash']) });
  for (let turn = 0; turn < 12 && !isFinished(run.driver.state); turn += 1) {
    run.pass(random.pick([2, 10, 40]));
    const { state } = run.driver;
    const capabilities = rolloutCapabilities(state);
    for (const verb of ROLLOUT_VERBS) {
      const command = { id: `try-${verb}`, verb, actor: { username: 'bob', groups: [] } };
      const { effects } = step(state, { type: 'command', command }, run.cluster.now);
      const answer = effects.find((effect) => effect.do === 'answer');
      expect(answer?.refusal?.message, `${state.status.phase} ${verb}`).toBe(capabilities[verb].reason);
      expect(answer?.refusal === undefined).toBe(capabilities[verb].allowed);
    }
    run.command(random.pick(ROLLOUT_VERBS));
  }
}
