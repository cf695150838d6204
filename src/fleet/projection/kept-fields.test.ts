import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { aPod } from '../../../test/support/a-pod.ts';
import { aWorkload } from '../../../test/support/a-workload.ts';
import { namesIn, oddJson } from '../../../test/support/odd-json.ts';
import { ObjectDecoder } from '../../kube/http/object-decoder.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { seededRandom } from '../../runtime/random.ts';
import { projectorFor } from '../projector.ts';
import { keptFieldsOf } from './kept-fields.ts';
import { WATCHED_RESOURCES } from './projectors.ts';

const KINDS = WATCHED_RESOURCES.map(({ resource }) => resource);
/** What members are called that no record keeps, and those within the parts that are kept whole. */
const OTHERS = ['env', 'value', 'managedFields', 'template', 'replicas', 'selector', 'matchLabels', 'updateStrategy', 'partition', 'app'];

/** The record of an object, and what was wrong with it. */
function recordOf(resource: string, object: unknown): unknown {
  const flaws: string[] = [];
  const project = projectorFor(resource, (field) => flaws.push(field));
  if (project === undefined) throw new Error(`no projector for ${resource}`);
  return { record: project(object as KubeObject, 'dev'), flaws };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

describe('R27 the record of an object that was decoded no further than needed', () => {
  it.each(KINDS)('R27 of %s is that of the whole object', (resource) => {
    const mask = keptFieldsOf(resource);
    if (mask === undefined) throw new Error(`nothing is kept of ${resource}`);
    const decoder = new ObjectDecoder(mask, () => {});
    const random = seededRandom(KINDS.indexOf(resource) + 1);
    const names = [...namesIn(mask), ...Object.keys(mask), ...Object.keys(mask), ...Object.keys(mask), ...OTHERS];
    let compared = 0;
    for (let story = 0; story < 1_000; story += 1) {
      const bytes = oddJson(random, names);
      const whole = parsed(bytes);
      if (whole === undefined) continue;
      const line = Buffer.concat([Buffer.from('{"type":"ADDED","object":'), bytes, Buffer.from('}')]);
      const { object } = decoder.line(line) as { object: unknown };
      if (!isDeepStrictEqual(recordOf(resource, object), recordOf(resource, whole))) expect.fail(bytes.toString('latin1'));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('R27 carries neither values of env nor annotations that nobody asked for, not even before it is projected', () => {
    const secret = 'canary-5b1d07';
    const object = aPod().object() as unknown as { metadata: { annotations?: object }; spec: { containers: object[] } };
    object.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': secret };
    object.spec.containers = [{ name: 'app', image: 'a', env: [{ name: 'A', value: secret }], args: [secret], command: [secret] }];
    const decoder = new ObjectDecoder(keptFieldsOf('pods'), () => {});
    const { value } = decoder.objectAt(Buffer.from(JSON.stringify(object)), 0);
    expect(JSON.stringify(value)).not.toContain(secret);
    const deployment = aWorkload('DEPLOYMENT').object();
    deployment.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': secret };
    const workload = new ObjectDecoder(keptFieldsOf('deployments.apps'), () => {}).objectAt(Buffer.from(JSON.stringify(deployment)), 0);
    expect(JSON.stringify(workload.value)).not.toContain(secret);
  });
});
