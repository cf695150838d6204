import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, tagOf } from './component-version.ts';

describe('versions in order', () => {
  it.each([
    ['1.9.0', '1.11.3'],
    ['v1.9.4', '1.10'],
    ['1.30.1', 'v1.30.2-eks-3315f2e'],
    ['1.12.0-rc.1', '1.12.0'],
    ['1.12.0-alpha.2', '1.12.0-beta.1'],
    ['1.11.9', '1.12.0-rc.1'],
    ['v1.30.2-gke.100', 'v1.31'],
    ['2', '10'],
    ['16.1.0-debian-12-r5', '16.2.0'],
  ])('%s < %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1.9', 'v1.9.0'],
    ['v1.30.2-eks-3315f2e', '1.30.2'],
    ['1.30.2+k3s1', '1.30.2'],
    ['16.1.0-debian-12-r5', '16.1.0'],
  ])('%s = %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  it.each(['latest', 'main-3f2a91c', 'sha-123', '', 'v', '3f2a91c', 'x1.2.3', '1'.repeat(300)])('“%s” is none', (text) => {
    expect(compareVersions(text, '1.0.0')).toBeUndefined();
    expect(compareVersions('1.0.0', text)).toBeUndefined();
  });

  it('never throw, whatever the text, and turn round with it', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => `v${parts.join('.')}`),
      fc.stringMatching(/^v?[0-9.+a-z-]{0,20}$/),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [forth, back] = [compareVersions(a, b), compareVersions(b, a)];
        expect(forth === undefined ? undefined : Math.sign(forth) + Math.sign(back ?? 9)).toBe(forth === undefined ? undefined : 0);
      }),
    );
  });
});

describe('the tag of', () => {
  it.each([
    ['coredns:1.11.3', '1.11.3'],
    ['registry.example:5000/dns/coredns:1.11.3', '1.11.3'],
    ['registry.example:5000/dns/coredns', undefined],
    ['coredns@sha256:0a1b', undefined],
    ['coredns:1.11.3@sha256:0a1b', '1.11.3'],
    ['coredns:', undefined],
    ['', undefined],
  ])('%s is %s', (image, tag) => {
    expect(tagOf(image)).toBe(tag);
  });
});
