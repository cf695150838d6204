/**
 * Adds to package-lock.json the optional platform packages that npm left out because the registry
 * does not carry them. Without the entries npm 11's `npm ci` refuses the lock file ("Missing: … from lock file").
 * Run after every `npm install` that changes dependencies; changes nothing when the lock is complete.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
}
const lockPath = new URL('../package-lock.json', import.meta.url);
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(readFileSync(lockPath, 'utf8'));
const exactVersion = /^\d+\.\d+\.\d+/;

/** "@biomejs/cli-darwin-arm64" names its platform in its last words; npm wants it in `os` and `cpu` to skip the package. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu'> {
  const os = /darwin|win32|freebsd|android|openbsd|netbsd|sunos|aix|openharmony|wasm|linux/.exec(name)?.[0];
  const cpu = /arm64|x64|ia32|arm|riscv64|ppc64|s390x|loong64|mips64el|wasm32/.exec(name)?.[0];
  return { os: [os === undefined || os === 'wasm' ? 'none' : os], cpu: [cpu ?? 'none'] };
}

let added = 0;
for (const holder of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(holder.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (!exactVersion.test(range) || key in lock.packages) continue;
    lock.packages[key] = { version: range, ...platformOf(name), optional: true, dev: holder.dev ?? false };
    added += 1;
  }
}
if (added > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`package-lock.json: ${added} platform packages added`);
