import { round } from './support/meters.ts';
import { measure } from './support/processes.ts';
import type { Bench } from './support/report.ts';
import type { SoakMeasures } from './support/soak-subject.ts';

/** The first third warms up: code is compiled, pages are filled, the log reaches its bounds. */
const WARM_SHARE = 1 / 3;

/**
 * A fleet of 300,000 pods of which each changes once an hour makes 83 events a second; this is sixty times as many.
 * Options: `--seconds=60` (`--full`: 600), `--rate=5000`, `--clusters=5`, `--pods=20000` (a cluster).
 */
export const SOAK: Bench = {
  describes: 'churn at 5,000 events/s: slope of the heap after collection; --full: ten minutes',
  async run({ isFull, number }) {
    const seconds = number('seconds', isFull ? 600 : 60);
    const { events, samples } = await measure<SoakMeasures>({
      script: './soak-subject.ts',
      arguments: [number('clusters', 5), number('pods', 20_000), number('rate', 5_000), seconds],
      timeoutMs: (seconds + 240) * 1_000,
    });
    const late = samples.filter(({ at }) => at > seconds * WARM_SHARE);
    const { slope, margin } = fitted(late);
    const held = late.at(-1)?.bytes ?? 0;
    return {
      figures: {
        ...{ seconds, events, eventsPerSecond: round(events / seconds, 0), samples: late.length, heldMiB: round(held / 2 ** 20) },
        ...{ slopeBytesPerSecond: round(slope), slopeMargin95: round(margin), isWithinInterval: Math.abs(slope) <= margin ? 1 : 0 },
        bytesPerEvent: round((slope * seconds) / events, 3),
      },
      floors: {},
      peers: {},
      ratios: {},
      notes: [
        'held: heap and buffers after collection; slope by least squares over the last two thirds, with its interval of 95 % for samples that hang together',
      ],
    };
  },
};

/**
 * Slope by least squares, and half the width of its 95 % interval. What is held at one moment is much like what was held
 * at the last one: what V8 keeps of compiled code comes and goes within minutes. So samples count for as many as would
 * say as much if each stood alone, each being taken for `likeness` times the one before and something new.
 */
function fitted(samples: SoakMeasures['samples']): { slope: number; margin: number } {
  const count = samples.length;
  const mean = (value: (sample: SoakMeasures['samples'][number]) => number) => samples.reduce((sum, one) => sum + value(one), 0) / count;
  const [atMean, bytesMean] = [mean(({ at }) => at), mean(({ bytes }) => bytes)];
  const spread = samples.reduce((sum, { at }) => sum + (at - atMean) ** 2, 0);
  const slope = samples.reduce((sum, { at, bytes }) => sum + (at - atMean) * (bytes - bytesMean), 0) / spread;
  const rests = samples.map(({ at, bytes }) => bytes - bytesMean - slope * (at - atMean));
  const squares = rests.reduce((sum, rest) => sum + rest ** 2, 0);
  const neighbours = rests.slice(1).reduce((sum, rest, at) => sum + rest * (rests[at] ?? 0), 0);
  // What remains beside a line looks less alike than it is, the more so the fewer the samples (Kendall's correction).
  const likeness = Math.min(0.95, Math.max(0, (neighbours / squares + 2 / count) / (1 - 4 / count)));
  const error = Math.sqrt(squares / (count - 2) / spread);
  return { slope, margin: 2 * error * Math.sqrt((1 + likeness) / (1 - likeness)) };
}
