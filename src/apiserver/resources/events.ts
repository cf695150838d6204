/** Events: one collection, served as v1 and as events.k8s.io/v1. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { define, selectable, selectableAs } from './define.ts';

const ABOUT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

export const CORE_EVENTS = define({
  kind: 'Event',
  resource: 'events',
  shortNames: ['ev'],
  selectableFields: [
    ...selectable(...ABOUT.map((member) => `involvedObject.${member}`), 'reason', 'type', 'reportingComponent'),
    selectableAs('source', 'source.component'),
  ],
});

export const NEW_EVENTS = define({
  kind: 'Event',
  group: 'events.k8s.io',
  resource: 'events',
  shortNames: ['ev'],
  collection: 'events',
  selectableFields: [
    ...ABOUT.map((member) => selectableAs(`regarding.${member}`, `involvedObject.${member}`)),
    ...selectable('reason', 'type'),
    selectableAs('reportingController', 'reportingComponent'),
  ],
  convert: {
    fromStored: (object) => ({ ...renamed(object, FROM_CORE), apiVersion: 'events.k8s.io/v1' }),
    toStored: (object) => ({ ...renamed(object, TO_CORE), apiVersion: 'v1' }),
  },
});

const FROM_CORE: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};

const TO_CORE = Object.fromEntries(Object.entries(FROM_CORE).map(([from, to]) => [to, from]));

function renamed(object: KubeObject, names: Readonly<Record<string, string>>): KubeObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(object)) result[Object.hasOwn(names, key) ? (names[key] ?? key) : key] = value;
  return result as KubeObject;
}
