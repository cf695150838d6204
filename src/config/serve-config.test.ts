import { describe, expect, it } from 'vitest';
import { ConfigError } from './problem.ts';
import { parseServeConfig } from './serve-config.ts';

function parse(line: string, environment: Record<string, string> = {}, files: Record<string, string> = {}) {
  return parseServeConfig({
    args: line === '' ? [] : line.split(' '),
    environment,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      return text;
    },
  });
}

function problemsOf(...input: Parameters<typeof parse>): string {
  try {
    parse(...input);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('options of serve', () => {
  it('simulates on loopback in local mode when nothing is said', () => {
    expect(parse('')).toEqual({
      source: { kind: 'simulated', fleet: '' },
      host: '127.0.0.1',
      port: 4000,
      auth: 'local',
      audience: 'fleetgraph',
      patience: {},
      readOnly: false,
      playground: true,
      clusters: [],
      keyOf: expect.any(Function),
    });
  });

  it('flag beats environment beats file', () => {
    const files = { 'f.yaml': 'port: 1\nhost: ::1\nlog: json' };
    const config = parse('--config f.yaml --port 3', { FLEETGRAPH_PORT: '2', FLEETGRAPH_HOST: 'localhost' }, files);
    expect(config).toMatchObject({ port: 3, host: 'localhost', log: 'json' });
  });

  it('reads lists from repeated flags, from commas in the environment and from lists in the file', () => {
    expect(parse('--kubeconfig a --kubeconfig=b').source).toMatchObject({ kubeconfigs: ['a', 'b'] });
    expect(parse('', { FLEETGRAPH_KUBECONFIG: 'a,b', FLEETGRAPH_CONTEXT: 'x' }).source).toMatchObject({
      kubeconfigs: ['a', 'b'],
      contexts: ['x'],
    });
    expect(parse('--config f', {}, { f: 'kubeconfig: [a, b]' }).source).toMatchObject({ kubeconfigs: ['a', 'b'] });
  });

  it('takes the fleet after an equals sign, and the default fleet without', () => {
    expect(parse('--simulate=clusters=2').source).toEqual({ kind: 'simulated', fleet: 'clusters=2' });
    expect(parse('--simulate').source).toEqual({ kind: 'simulated', fleet: '' });
  });

  it('gives labels to clusters by the file', () => {
    expect(parse('--config f', {}, { f: 'clusters: [{name: a, labels: {tier: edge}}]' }).clusters).toEqual([
      { name: 'a', labels: { tier: 'edge' } },
    ]);
  });

  it.each([
    { name: 'an unknown option', line: '--prot 1', says: '--prot: there is no such option' },
    { name: 'a value given twice', line: '--port 1 --port 2', says: '--port: is given twice' },
    { name: 'a missing value', line: '--ready-file', says: '--ready-file: needs a value' },
    { name: 'no seconds', line: '--evidence-seconds 0', says: "--evidence-seconds: '0' is not a number of seconds" },
    { name: 'no port', line: '--port 70000', says: "'70000' is not a port" },
    { name: 'a word that is no option', line: 'clusters=2', says: '--simulate=clusters=2' },
    { name: 'two sources', line: '--simulate --kubeconfig k', says: '--simulate: is one source of clusters and' },
    { name: 'a context of nothing', line: '--context c', says: '--context: names a context but no --kubeconfig' },
    { name: 'local mode off loopback', line: '--host 0.0.0.0', says: '--host: 0.0.0.0 is not a loopback address' },
    { name: 'an unknown mode', line: '--auth basic', says: "--auth: 'basic' is not one of local, token-review, oidc" },
    { name: 'a mode of a later version', line: '--auth oidc', says: 'oidc is not in this version' },
    { name: 'a reviewer without reviews', line: '--audience x', says: '--audience: has a meaning only with --auth token-review' },
    {
      name: 'a kubeconfig of real clusters',
      line: '--kubeconfig k --write-kubeconfig w',
      says: '--write-kubeconfig: has a meaning only with a simulation',
    },
    { name: 'a file that is not there', line: '--config nowhere', says: '--config: cannot read nowhere: there is no such file' },
  ])('refuses $name and says how to mend it', ({ line, says }) => {
    expect(problemsOf(line)).toContain(says);
  });

  it('lists every problem, not the first', () => {
    expect(problemsOf('--port x --auth y --nope', { FLEETGRAPH_READ_ONLY: 'maybe' }).split('\n')).toHaveLength(4);
  });

  it('refuses a variable that is no option, but not those of Kubernetes for a Service', () => {
    expect(problemsOf('', { FLEETGRAPH_PROT: '1' })).toBe('FLEETGRAPH_PROT: there is no such option; see --help');
    expect(
      problemsOf('', { FLEETGRAPH_SERVICE_HOST: '10.0.0.1', FLEETGRAPH_PORT_4000_TCP_ADDR: '10.0.0.1', FLEETGRAPH_UI_PORT: 'tcp://x' }),
    ).toBe('');
  });

  it('knows the variable that Kubernetes sets for a Service called fleetgraph', () => {
    expect(problemsOf('', { FLEETGRAPH_PORT: 'tcp://10.0.0.1:4000' })).toContain('enableServiceLinks: false');
  });

  it.each([
    { name: 'not YAML', file: 'a: [', says: 'f: is not YAML' },
    { name: 'a list', file: '- a', says: 'f: must be a YAML mapping' },
    { name: 'an unknown key', file: 'prot: 1', says: 'prot in f: there is no such option' },
    { name: 'a cluster without a name', file: 'clusters: [{labels: {}}]', says: 'clusters in f[0]: needs a name' },
    { name: 'labels that are no texts', file: 'clusters: [{name: a, labels: {x: 1}}]', says: 'labels: must map texts to texts' },
  ])('refuses a file that is $name', ({ file, says }) => {
    expect(problemsOf('--config f', {}, { f: file })).toContain(says);
  });
});
