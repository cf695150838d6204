import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFECTS } from '../support/informer-model/defects.ts';

const ROOT = new URL('../../', import.meta.url);
/** Many times what the rarest needs. */
const SEEDS = 2_000;

/** What the search prints with one wrong line in the code. */
function search(defect: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const args = ['test/support/informer-model/tell-stories.ts', '--seeds', String(SEEDS), '--defect', defect];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += String(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

describe('the search by stories', () => {
  it('is held to at least 25 defects, each of which is still a change of one place', () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(25);
    for (const { name, file, right } of DEFECTS)
      expect([name, readFileSync(new URL(file, ROOT), 'utf8').split(right).length - 1]).toEqual([name, 1]);
  });

  it.each(DEFECTS.map(({ name }) => name))(
    'catches: %s',
    async (name) => {
      const { code, output } = await search(name);
      expect(code).toBe(1);
      expect(output).toMatch(/VIOLATION I[1-8] /);
    },
    120_000,
  );
});
