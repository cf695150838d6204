import { expect, it } from 'vitest';
import { PieceSize } from './piece-size.ts';

it('begins small and grows, up to its most, while pieces are quick', () => {
  const pieces = new PieceSize(128);
  const sizes = Array.from({ length: 5 }, () => {
    const { size } = pieces;
    pieces.took(1);
    return size;
  });
  expect(sizes).toEqual([16, 32, 64, 128, 128]);
});

it('becomes smaller by as much as a piece took too long, and never nothing', () => {
  const pieces = new PieceSize(128);
  pieces.took(24);
  expect(pieces.size).toBe(4);
  pieces.took(4);
  expect(pieces.size).toBe(4);
  for (let at = 0; at < 3; at += 1) pieces.took(1_000);
  expect(pieces.size).toBe(1);
});

it('never takes more than it may, not even at first', () => expect(new PieceSize(3).size).toBe(3));
