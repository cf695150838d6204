import { describe, expect, it } from 'vitest';
import { parseSimulateConfig } from './simulate-config.ts';

describe('options of simulate', () => {
  it('takes the fleet as a word or as the value of --simulate', () => {
    expect(parseSimulateConfig(['clusters=2'], {})).toMatchObject({ fleet: 'clusters=2', host: '127.0.0.1', port: 0 });
    expect(parseSimulateConfig(['--simulate=clusters=2', '--port', '6443'], {})).toMatchObject({
      fleet: 'clusters=2',
      host: '127.0.0.1',
      port: 6443,
    });
  });

  it.each([
    { name: 'two fleets', args: ['a', '--simulate=b'], says: '--simulate: gives the fleet a second time' },
    { name: 'a word too many', args: ['a', 'b'], says: 'b: is one word too many' },
    { name: 'no port', args: ['--port', '-1'], says: '--port' },
    { name: 'an option of serve', args: ['--auth', 'local'], says: '--auth: there is no such option' },
  ])('refuses $name', ({ args, says }) => {
    expect(() => parseSimulateConfig(args, {})).toThrow(says);
  });
});
