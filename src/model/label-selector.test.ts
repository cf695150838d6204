import { describe, expect, it } from 'vitest';
import { formatLabelSelector, LabelSelectorError, labelSelectorOf, matchesLabels, parseLabelSelector } from './label-selector.ts';

const LABELS = { app: 'shop', tier: 'web', 'app.kubernetes.io/name': 'cart', size: '5', empty: '' };

describe('matchesLabels', () => {
  it.each([
    ['', true],
    ['app=shop', true],
    ['app==shop', true],
    [' app = shop , tier != cache ', true],
    ['app!=shop', false],
    ['missing!=x', true],
    ['app in (cart, shop)', true],
    ['app notin (cart)', true],
    ['missing notin (cart)', true],
    ['app notin (shop)', false],
    ['tier', true],
    ['!tier', false],
    ['!missing', true],
    ['size>4', true],
    ['size<5', false],
    ['tier>4', false],
    ['app.kubernetes.io/name=cart', true],
    ['empty=', true],
    ['app=', false],
    ['empty in (,x)', true],
    ['app=shop,tier=cache', false],
    ['constructor', false],
  ])('%j is %s', (text, expected) => {
    expect(matchesLabels(parseLabelSelector(text), LABELS)).toBe(expected);
  });

  it('treats an object without labels as having none', () => {
    expect(matchesLabels(parseLabelSelector('app'), undefined)).toBe(false);
    expect(matchesLabels(parseLabelSelector('!app'), undefined)).toBe(true);
  });
});

describe('parseLabelSelector', () => {
  it.each([
    ['app=shop,', 9],
    [',app', 0],
    ['app in shop', 7],
    ['app in (shop', 12],
    ['app shop', 4],
    ['app=sh op', 7],
    ['size>big', 5],
    ['-app=x', 0],
    ['app=-x', 4],
    ['Bad.Prefix/name', 0],
    ['a==b==c', 4],
    ['!', 1],
    [`${'k'.repeat(64)}=x`, 0],
    [`k=${'v'.repeat(64)}`, 2],
  ])('refuses %j at position %i', (text, position) => {
    const error = thrownBy(() => parseLabelSelector(text));
    expect(error).toBeInstanceOf(LabelSelectorError);
    expect(error).toMatchObject({ position });
  });

  it('bounds what one selector may ask', () => {
    expect(() => parseLabelSelector('a,'.repeat(300).slice(0, -1))).toThrow('at most 256 requirements');
    expect(() => parseLabelSelector(`a in (${'x,'.repeat(2000)}x)`)).toThrow('at most 1024 values');
    expect(() => parseLabelSelector('a'.repeat(20_000))).toThrow('at most 16384 characters');
  });

  it('reads back what formatLabelSelector writes', () => {
    const selector = parseLabelSelector('app=shop,tier in (a,b),!x,y,z!=1,n>3,m notin (q)');
    expect(parseLabelSelector(formatLabelSelector(selector))).toEqual(selector);
  });
});

describe('labelSelectorOf', () => {
  it('reads matchLabels and matchExpressions', () => {
    const selector = labelSelectorOf({
      matchLabels: { app: 'shop' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }],
    });
    expect(selector && matchesLabels(selector, LABELS)).toBe(true);
  });

  it('is undefined for an unknown operator', () => {
    expect(labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'toString' }] })).toBeUndefined();
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
