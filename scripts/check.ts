/** Everything but the tests, each by its own tool: exactly what runs before `npm test`. */
import { spawn } from 'node:child_process';

const CHECKS: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'lint and format', command: 'biome', args: ['check', '--error-on-warnings', '--diagnostic-level=warn', '.'] },
  { name: 'lint with types', command: 'eslint', args: ['--max-warnings=0', '.'] },
  { name: 'import boundaries', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', 'src', 'clients', 'test'] },
  { name: 'generated files', command: 'node', args: ['scripts/generate.ts', '--check'] },
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress'] },
];

/** Two at a time: machines are small. Output is shown only when a check fails. */
const CONCURRENCY = 2;

function run(check: (typeof CHECKS)[number]): Promise<boolean> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(check.command, check.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `node_modules/.bin:${process.env['PATH']}` },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += `${error.message}\n`));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

const only = process.argv.slice(2);
const waiting = CHECKS.filter((check) => only.length === 0 || only.some((word) => check.name.includes(word)));
let failed = 0;
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await run(check))) failed += 1;
    }
  }),
);
process.exitCode = failed === 0 ? 0 : 1;
