import { expect, it } from 'vitest';
import { Ongoing } from './ongoing.ts';

it('is over when all has ended, each counted once', async () => {
  const ongoing = new Ongoing();
  await ongoing.over;
  const [one, two] = [ongoing.begin(), ongoing.begin()];
  let isOver = false;
  const over = ongoing.over.then(() => {
    isOver = true;
  });
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  await Promise.resolve();
  expect(isOver).toBe(false);
  two[Symbol.dispose]();
  await over;
  await ongoing.over;
});
