import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { arrayAt, equalJson, isJsonObject } from '../json-value.ts';
import type { FieldError } from '../resources/resource-definition.ts';
import { duplicateValue, forbiddenField, invalidValue, nonNegative, notFoundValue, notSupported, required } from './field-errors.ts';
import { dnsLabelProblems } from './names.ts';

export function validatePod(pod: KubeObject): FieldError[] {
  return validatePodSpec(pod.spec, 'spec');
}

export function validatePodSpec(spec: unknown, field: string): FieldError[] {
  if (!isJsonObject(spec)) return [required(`${field}.containers`)];
  const containers = arrayAt(spec, 'containers').filter(isJsonObject);
  const volumes = new Set(arrayAt(spec, 'volumes').map((volume) => (isJsonObject(volume) ? volume['name'] : undefined)));
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...validateContainers(containers, `${field}.containers`, volumes),
    ...validateContainers(arrayAt(spec, 'initContainers').filter(isJsonObject), `${field}.initContainers`, volumes),
    ...oneOf(`${field}.restartPolicy`, spec['restartPolicy'], ['Always', 'OnFailure', 'Never']),
    ...nonNegative(`${field}.terminationGracePeriodSeconds`, spec['terminationGracePeriodSeconds']),
  ];
}

function validateContainers(containers: readonly JsonObject[], field: string, volumes: ReadonlySet<unknown>): FieldError[] {
  const seen = new Set<unknown>();
  return containers.flatMap((container, at) => {
    const name = container['name'];
    const isRepeated = seen.has(name);
    seen.add(name);
    return [
      ...(isRepeated ? [duplicateValue(`${field}[${at}].name`, name)] : []),
      ...validateContainer(container, `${field}[${at}]`, volumes),
    ];
  });
}

function validateContainer(container: JsonObject, field: string, volumes: ReadonlySet<unknown>): FieldError[] {
  const { name, image } = container;
  return [
    ...(typeof name === 'string' && name !== ''
      ? dnsLabelProblems(name).map((problem) => invalidValue(`${field}.name`, name, problem))
      : [required(`${field}.name`)]),
    ...(typeof image === 'string' && image !== '' ? [] : [required(`${field}.image`)]),
    ...oneOf(`${field}.imagePullPolicy`, container['imagePullPolicy'], ['Always', 'IfNotPresent', 'Never']),
    ...validatePorts(container, field),
    ...validateMounts(container, field, volumes),
  ];
}

function validatePorts(container: JsonObject, field: string): FieldError[] {
  return arrayAt(container, 'ports').flatMap((port, at) => {
    const number = isJsonObject(port) ? port['containerPort'] : undefined;
    if (number === undefined) return [required(`${field}.ports[${at}].containerPort`)];
    const isPort = typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 65_536;
    return isPort ? [] : [invalidValue(`${field}.ports[${at}].containerPort`, number, 'must be between 1 and 65535, inclusive')];
  });
}

function validateMounts(container: JsonObject, field: string, volumes: ReadonlySet<unknown>): FieldError[] {
  return arrayAt(container, 'volumeMounts').flatMap((mount, at) => {
    const { name, mountPath } = isJsonObject(mount) ? mount : {};
    return [
      ...(name === undefined
        ? [required(`${field}.volumeMounts[${at}].name`)]
        : volumes.has(name)
          ? []
          : [notFoundValue(`${field}.volumeMounts[${at}].name`, name)]),
      ...(mountPath ? [] : [required(`${field}.volumeMounts[${at}].mountPath`)]),
    ];
  });
}

export function oneOf(field: string, value: unknown, supported: readonly string[]): FieldError[] {
  return typeof value === 'string' && supported.includes(value) ? [] : [notSupported(field, value ?? '', supported)];
}

const MUTABLE_RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate(next: KubeObject, previous: KubeObject): FieldError[] {
  return equalJson(withoutMutable(next.spec), withoutMutable(previous.spec)) ? [] : [forbiddenField('spec', MUTABLE_RULE)];
}

function withoutMutable(spec: JsonObject | undefined): JsonObject {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec ?? {};
  const withoutImage = (container: unknown) => (isJsonObject(container) ? { ...container, image: '' } : container);
  return {
    ...rest,
    containers: arrayAt(rest, 'containers').map(withoutImage),
    initContainers: arrayAt(rest, 'initContainers').map(withoutImage),
  };
}
