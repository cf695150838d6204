import semver from 'semver';
import { labelOf } from '../model/labels.ts';
import type { ContainerImage } from '../model/object-record.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';

const VERSION_LABEL = 'app.kubernetes.io/version';

/**
 * The version of a component, from the workload that is its heart: label app.kubernetes.io/version, else the
 * tag of the image. Where both are versions and disagree the image wins: it is what runs, and an image
 * changed in place leaves the label behind.
 */
export function versionOf(workload: WorkloadRecord, component: string): string | undefined {
  const label = labelOf(workload.labels, VERSION_LABEL) || undefined;
  const image = imageOf(workload, component);
  if (image === undefined) return label;
  const tag = tagOf(image.image);
  if (label === undefined || tag === undefined) return label ?? tag;
  const sure = workload.images.length === 1 || isImageOf(image.image, component);
  return sure && looksLikeVersion(tag) && compareVersions(label, tag) !== 0 ? tag : label;
}

/** The image that is the component: named like it, else the container named like it, else the first. */
export function imageOf(workload: WorkloadRecord, component: string): ContainerImage | undefined {
  return (
    workload.images.find(({ image }) => isImageOf(image, component)) ??
    workload.images.find(({ container }) => container === component) ??
    workload.images[0]
  );
}

/** "1.11.3" of "registry.example:5000/dns/coredns:1.11.3@sha256:..."; undefined without a tag. */
export function tagOf(image: string): string | undefined {
  const path = withoutDigest(image);
  const colon = path.lastIndexOf(':');
  return colon > path.lastIndexOf('/') && colon < path.length - 1 ? path.slice(colon + 1) : undefined;
}

/**
 * Negative, zero or positive by semantic versions, read with forbearance: "v1.30.2-eks-3315f2e", "1.9" and
 * "16.1.0-debian-12-r5" are 1.30.2, 1.9.0 and 16.1.0, while "1.12.0-rc.1" comes before 1.12.0. Undefined when
 * either is no version.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left === undefined || right === undefined ? undefined : semver.compare(left, right);
}

function parseVersion(text: string): semver.SemVer | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const start = startOfVersion(text);
  if (start < 0) return undefined;
  const strict = semver.parse(text.slice(start), { loose: true });
  if (strict !== null && isPrerelease(strict)) return strict;
  return semver.coerce(text.slice(start)) ?? undefined;
}

const MAX_LENGTH = 256;

/** A version is a number with at most a "v" before it: "latest", "main-3f2a" and "sha-123" are none. */
function startOfVersion(text: string): number {
  const start = text.startsWith('v') || text.startsWith('V') ? 1 : 0;
  const first = text.charCodeAt(start);
  return first >= 48 && first <= 57 && /^\d{1,16}([.+-]|$)/.test(text.slice(start)) ? start : -1;
}

/** Only such words come before a release; "-eks-..." and "-debian-12" come with one. */
function isPrerelease({ prerelease }: semver.SemVer): boolean {
  const [first] = prerelease;
  return typeof first === 'string' && /^(alpha|beta|rc|pre|preview|dev|snapshot|canary|nightly)/i.test(first);
}

function looksLikeVersion(tag: string): boolean {
  return parseVersion(tag) !== undefined && tag.includes('.');
}

function isImageOf(image: string, component: string): boolean {
  const path = withoutDigest(image);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === component || name.startsWith(`${component}:`);
}

function withoutDigest(image: string): string {
  const at = image.indexOf('@');
  return at < 0 ? image : image.slice(0, at);
}
