import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import { openSqliteStorage } from '../../src/apiserver/store/sqlite-storage.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { describeApiServer } from './api-server.suite.ts';
import { expireBy, SUITE_TOKEN, SUITE_USER } from './core-subject.ts';
import type { Subject } from './implementation.ts';

describeApiServer({
  name: 'the API-server core, on SQLite',
  lacks: {
    'server-side-apply': 'it tracks no field ownership',
    authentication: 'in process there is no door',
  },
  start(): Promise<Subject> {
    const directory = mkdtempSync(path.join(tmpdir(), 'conformance-'));
    const core = new ApiServerCore({
      name: 'conformance',
      clock: systemClock,
      random: seededRandom(7),
      users: [{ token: SUITE_TOKEN, user: SUITE_USER }],
      storage: openSqliteStorage({ directory }),
    });
    return Promise.resolve({
      admin: core.client(),
      user: { name: SUITE_USER.username, groups: SUITE_USER.groups, server: core.client(SUITE_USER) },
      token: SUITE_TOKEN,
      ...expireBy(core),
      [Symbol.asyncDispose]() {
        core.close();
        rmSync(directory, { recursive: true, force: true });
        return Promise.resolve();
      },
    });
  },
});
