import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/random.ts';
import { instantOf } from './instant-text.ts';

describe('instantOf', () => {
  it('R27 is what Date.parse says of every day', () => {
    for (let day = -719_528; day < 2_932_896; day += 7) {
      const ms = day * 86_400_000 + ((day * 7_919) % 86_400) * (day < 0 ? -1_000 : 1_000);
      const text = new Date(ms).toISOString().replace('.000Z', 'Z');
      if (instantOf(text) !== Date.parse(text)) expect.fail(text);
    }
  });

  it('R27 is what Date.parse says of what is no time', () => {
    const random = seededRandom(8);
    let refused = 0;
    for (let story = 0; story < 100_000; story += 1) {
      const text = [...'2024-02-28T23:59:59Z'];
      for (let times = random.int(3); times > 0; times -= 1) text[random.int(text.length)] = random.pick([...'0123456789-:TZ+. az']);
      const spoilt = text.join('').slice(0, random.next() < 0.9 ? 20 : random.int(20));
      const [said, wanted] = [instantOf(spoilt), Date.parse(spoilt)];
      if (!Object.is(said, wanted)) expect.fail(spoilt);
      if (Number.isNaN(wanted)) refused += 1;
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});
