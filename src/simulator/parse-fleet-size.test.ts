import { describe, expect, it } from 'vitest';
import { parseFleetSize } from './parse-fleet-size.ts';

describe('the size of a fleet', () => {
  it.each([
    { name: 'nothing given: the default', text: '', expected: { clusters: 6, pods: 2000, seed: 7 } },
    { name: 'all given', text: 'clusters=3,pods=300,seed=9', expected: { clusters: 3, pods: 300, seed: 9 } },
    { name: 'blanks do no harm', text: ' clusters = 2 , seed=1', expected: { clusters: 2, pods: 2000, seed: 1 } },
    { name: 'as many pods as many clusters need', text: 'clusters=300', expected: { clusters: 300, pods: 6000, seed: 7 } },
  ])('$name', ({ text, expected }) => {
    expect(parseFleetSize(text)).toEqual({ size: expected });
  });

  it('lists every problem at once', () => {
    const { problems } = parseFleetSize('clusters=0,pods=many,nodes=3,seed=1,seed=2');
    expect(problems).toEqual([
      '"clusters=0": clusters must be between 1 and 500',
      '"pods=many": pods takes a whole number, e.g. pods=2000',
      '"nodes=3": there is no "nodes"; write clusters=N, pods=N or seed=N, separated by commas',
      '"seed=2": seed is given twice',
    ]);
  });

  it('says when the pods do not suffice for the clusters', () => {
    expect(parseFleetSize('clusters=6,pods=30').problems).toEqual(['"pods=30": 6 clusters need at least 120 pods, 20 each']);
  });
});
