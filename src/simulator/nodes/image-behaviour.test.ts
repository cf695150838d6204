import { describe, expect, it } from 'vitest';
import { behaviourOf, tagOf } from './image-behaviour.ts';

describe('what an image does', () => {
  it.each([
    { image: 'registry.example/shop/cart:v1', expected: 'good' },
    { image: 'cart:crash', expected: 'crash' },
    { image: 'cart:v2-crash', expected: 'crash' },
    { image: 'cart:v2-missing', expected: 'missing' },
    { image: 'cart:slow', expected: 'slow' },
    { image: 'cart:v3-broken', expected: 'broken' },
    { image: 'cart:crashing', expected: 'good' },
    { image: 'crash/missing:v1', expected: 'good' },
    { image: 'registry:5000/cart', expected: 'good' },
    { image: 'cart:v2-crash@sha256:0123', expected: 'crash' },
    { image: 'cart@sha256:0123', expected: 'good' },
  ])('$image: $expected', ({ image, expected }) => {
    expect(behaviourOf(image)).toBe(expected);
  });

  it('knows the tag even beside a port', () => {
    expect(tagOf('registry:5000/shop/cart:v1')).toBe('v1');
    expect(tagOf('registry:5000/shop/cart')).toBe('latest');
  });
});
