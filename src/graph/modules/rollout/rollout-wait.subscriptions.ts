import type { Run } from '../../../rollout/run.ts';
import type { RolloutPhase as Phase } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { badInput } from '../../errors.ts';
import { Rollout } from '../../refs.ts';
import { subscribedRun, watchRun } from '../../run-watch.ts';
import { answerOf, deadlineOf, onlyTrue, timeoutArg, type Waited, waitResultFields } from '../wait.ts';
import { RolloutPhase } from './rollout.enums.ts';
import { type RolloutWaitCondition, verdictOn } from './wait-condition.ts';

interface ConditionArguments {
  readonly stepReached?: number | null | undefined;
  readonly phaseIn?: readonly Phase[] | null | undefined;
  readonly finished?: boolean | null | undefined;
  readonly needsAttention?: boolean | null | undefined;
}

const RolloutWaitConditionInput = builder.inputRef<ConditionArguments>('RolloutWaitCondition').implement({
  description: 'What to wait for: exactly one of these.',
  fields: (t) => ({
    stepReached: t.int({
      description: 'The target of this 0-based step, or of a later one, is met. Impossible once the run has ended before it or goes back.',
    }),
    phaseIn: t.field({ type: [RolloutPhase], description: 'The rollout is in one of these phases.' }),
    finished: t.boolean({ description: 'Nothing more will happen without a new command. Only true.' }),
    needsAttention: t.boolean({
      description:
        'Nothing more will happen until a person acts: it waits for `rolloutAdvance`, is paused or has halted. Impossible once it is finished. Only true.',
    }),
  }),
});

const RolloutWaitResult = builder.objectRef<Waited<Run>>('RolloutWaitResult').implement({
  description: 'How a wait ended. Exactly one of the three is true.',
  fields: (t) => ({
    ...waitResultFields(t),
    rollout: t.field({
      type: Rollout,
      nullable: true,
      description: 'The rollout as it was then; null when the hub no longer has it.',
      resolve: ({ object }) => object,
    }),
  }),
});

builder.subscriptionField('rolloutWait', (t) =>
  t.field({
    type: RolloutWaitResult,
    description:
      'One answer, then it completes; for scripts. Ends with FORBIDDEN when the right is lost, and with UNAVAILABLE when the gateway stops: then wait again.',
    args: {
      rollout: t.arg.id({ required: true, description: 'Global id of the rollout.' }),
      for: t.arg({ type: RolloutWaitConditionInput, required: true, description: 'What to wait for.' }),
      ...timeoutArg,
    },
    subscribe: async (_root, { rollout, for: condition, timeoutSeconds }, ctx) => {
      const deadline = deadlineOf(ctx, timeoutSeconds);
      const run = await subscribedRun(ctx, rollout);
      return wait(ctx, run, conditionOf(condition, run), deadline);
    },
    resolve: (answer) => answer,
  }),
);

function wait(ctx: GraphContext, run: Run, condition: RolloutWaitCondition, deadline: number): AsyncIterableIterator<Waited<Run>> {
  return watchRun<Waited<Run>>(ctx, run, {
    lookAgainAt: () => deadline,
    lookBlindly: () => answerOf<Run>(ctx, undefined, undefined, deadline),
    look: (now) => answerOf(ctx, now === undefined ? 'impossible' : verdictOn(condition, now), now, deadline),
  });
}

function conditionOf(condition: ConditionArguments, { state }: Run): RolloutWaitCondition {
  const { stepReached, phaseIn, finished } = condition;
  if (Object.values(condition).filter((each) => each != null).length !== 1)
    throw badInput('for', 'name exactly one of stepReached, phaseIn, finished and needsAttention');
  if (stepReached != null) return stepOf(stepReached, state.status.steps.length);
  if (phaseIn != null) return phasesOf(phaseIn);
  if (onlyTrue('for.finished', finished)) return { finished: true };
  onlyTrue('for.needsAttention', condition.needsAttention);
  return { needsAttention: true };
}

function stepOf(stepReached: number, steps: number): RolloutWaitCondition {
  if (stepReached < 0 || stepReached >= steps) throw badInput('for.stepReached', `the rollout has the steps 0 to ${steps - 1}`);
  return { stepReached };
}

function phasesOf(phaseIn: readonly Phase[]): RolloutWaitCondition {
  if (phaseIn.length === 0) throw badInput('for.phaseIn', 'name at least one phase');
  return { phaseIn };
}
