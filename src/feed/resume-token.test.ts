import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResumeTokens } from './resume-token.ts';
import { StreamJournal } from './stream-journal.ts';
import type { TokenCluster } from './token-content.ts';

const position = fc.record({
  version: fc.oneof(fc.bigInt({ min: 0n, max: 1n << 70n }).map(String), fc.string(), fc.constant('007')),
  commits: fc.nat(),
});
const cluster: fc.Arbitrary<TokenCluster> = fc.oneof(
  fc.record({ name: fc.string(), rights: fc.string(), turn: fc.nat() }),
  fc.record({
    ...{ name: fc.string(), rights: fc.string(), turn: fc.nat() },
    positions: fc.uniqueArray(fc.tuple(fc.string(), position), { selector: ([resource]) => resource }).map((entries) => new Map(entries)),
  }),
);

describe('resume tokens', () => {
  const tokens = new ResumeTokens({ processId: 'one' });
  const content = { stream: 1, clusters: [] };

  it('give back what was sealed', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.array(cluster), (binding, stream, clusters) => {
        const opened = tokens.open(binding, tokens.seal(binding, { stream, clusters }));
        expect(opened).toMatchObject({ from: 'this-process', content: { processId: 'one', stream } });
        if (opened.from !== 'foreign') expect(opened.content.clusters).toEqual(clusters);
      }),
    );
  });

  it('are refused when a single bit differs', () => {
    const bytes = Buffer.from(tokens.seal('b', content), 'base64url');
    for (let bit = 7 * 8; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => tokens.open('b', damaged.toString('base64url'))).toThrow(expect.objectContaining({ code: 'BAD_RESUME_TOKEN' }));
    }
  });

  it('say nothing readable', () => {
    const token = tokens.seal('b', { stream: 1, clusters: [{ name: 'production-eu', rights: 'r', turn: 0 }] });
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('production');
  });

  it('are small: two hundred clusters with eight kinds each', () => {
    const kinds = [
      'pods',
      'nodes',
      'deployments.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'replicasets.apps',
      'a.example.com',
      'b.example.com',
    ];
    const clusters = Array.from({ length: 200 }, (_, index) => ({
      ...{ name: `cluster-${index}`, rights: 'abcdefghijkl', turn: 0 },
      positions: new Map(kinds.map((kind) => [kind, { version: String(80_000_000 + index), commits: 9_000 }])),
    }));
    expect(tokens.seal('b', { stream: 1, clusters }).length).toBeLessThan(32_000);
    expect(tokens.seal('b', { stream: 1, clusters: clusters.slice(0, 1) }).length).toBeLessThan(400);
  });

  it('know their process, and a key that is shared or is not', () => {
    const key = Buffer.alloc(32, 7);
    const [one, two] = [new ResumeTokens({ processId: 'one', key }), new ResumeTokens({ processId: 'two', key })];
    expect(two.open('b', one.seal('b', content)).from).toBe('other-process');
    expect(tokens.open('b', one.seal('b', content)).from).toBe('foreign');
    expect(() => two.open('c', one.seal('b', content))).toThrow(expect.objectContaining({ code: 'BAD_RESUME_TOKEN' }));
    expect(() => new ResumeTokens({ processId: 'one', key: Buffer.alloc(31) })).toThrow(RangeError);
  });
});

describe('the journal of streams', () => {
  it('remembers those that are open, and so many of those that ended', () => {
    const journal = new StreamJournal(2);
    const histories = Array.from({ length: 4 }, () => journal.begin());
    for (const history of histories) journal.open(history);
    for (const history of histories.slice(1)) journal.end(history);
    expect(histories.map(({ id }) => journal.find(id) !== undefined)).toEqual([true, false, true, true]);
  });

  it('keeps one history for all who resumed from it', () => {
    const journal = new StreamJournal(0);
    const history = journal.begin();
    journal.open(history);
    journal.open(history);
    journal.end(history);
    expect(journal.find(history.id)).toBe(history);
    journal.end(history);
    expect(journal.find(history.id)).toBeUndefined();
  });
});
