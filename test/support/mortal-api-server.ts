import { ApiError } from '../../src/kube/api-error.ts';
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
        await alive(process, death);
        const answer = Promise.resolve((member as (...all: unknown[]) => unknown).apply(target, args));
        answer.catch(() => {});
        await answer.catch(() => {});
        await alive(process, death);
        return answer;
      };
    },
  });
}

async function* mortalWatch(server: ApiServer, process: ProcessClock, death: AbortSignal, resource: Resource, options: WatchOptions) {
  const signal = options.signal === undefined ? death : AbortSignal.any([options.signal, death]);
  for await (const event of server.watch(resource, { ...options, signal })) {
    await alive(process, death);
    yield event;
  }
  await alive(process, death);
}

/** Whoever is buried hears that nobody answers. */
async function alive(process: ProcessClock, death: AbortSignal): Promise<void> {
  await process.running();
  if (death.aborted) throw new ApiError('unreachable', 'this process is dead');
}
