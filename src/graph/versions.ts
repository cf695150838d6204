import semver from 'semver';

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:[-+].*)?)$/;

/** "v1.33.1", "1.11" (as 1.11.0), "v1.2.3-rc.1+build": undefined for what is not a version. */
function parseVersion(text: string | undefined): semver.SemVer | undefined {
  const match = text === undefined || text.length > 128 ? null : VERSION.exec(text);
  if (match === null) return undefined;
  const [, major, minor = '0', patch = '0', rest = ''] = match;
  return semver.parse(`${major}.${minor}.${patch}${rest}`, { loose: true }) ?? undefined;
}

/** Text whose order by code units is the order of versions; what does not parse comes after all that does. */
export function versionSortValue(text: string | undefined): string | undefined {
  const version = parseVersion(text);
  if (version === undefined) return text === undefined ? undefined : `~${text}`;
  const numbers = [version.major, version.minor, version.patch].map((part) => String(part).padStart(16, '0')).join('.');
  // '~' sorts after letters and digits: a release comes after its pre-releases.
  return `${numbers}${version.prerelease.length === 0 ? '~' : `-${version.prerelease.join('.')}`}`;
}
