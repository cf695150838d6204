import type { ApiServer, WatchOptions } from '../../src/kube/api-server.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { ProcessClock } from './process-clock.ts';

/**
 * `server` as one process reaches it: while the process stands still (SIGSTOP) nothing is sent, and no answer is heard
 * before it goes on; once it is dead, never. What was sent takes effect all the same.
 */
export function mortalApiServer(server: ApiServer, process: ProcessClock, death: AbortSignal): ApiServer {
  return new Proxy(server, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      if (name === 'watch') return (resource: Resource, options: WatchOptions) => mortalWatch(target, process, death, resource, options);
      return async (...args: unknown[]) => {
        await process.running();
        try {
          return await (member as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        } finally {
          await process.running();
        }
      };
    },
  });
}

async function* mortalWatch(server: ApiServer, process: ProcessClock, death: AbortSignal, resource: Resource, options: WatchOptions) {
  const signal = options.signal === undefined ? death : AbortSignal.any([options.signal, death]);
  for await (const event of server.watch(resource, { ...options, signal })) {
    await process.running();
    yield event;
  }
  await process.running();
}
