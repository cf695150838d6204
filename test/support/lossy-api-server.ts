import { ApiError } from '../../src/kube/api-error.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';

/**
 * What becomes of a request: it arrives and is answered; it never arrives; it arrives and the answer is lost; it does
 * not arrive and nobody can tell.
 */
export type Fate = 'answered' | 'not-sent' | 'answer-lost' | 'lost';

type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';

/** `server`, with `fate` deciding over every request but watches. */
export function lossyApiServer(server: ApiServer, fate: (verb: Verb) => Fate | Promise<Fate>): ApiServer {
  const lossy =
    <A extends unknown[], R>(verb: Verb, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const decided = await fate(verb);
      if (decided === 'not-sent') throw new ApiError('unreachable', 'not sent', { reason: 'ConnectionRefused' });
      if (decided !== 'lost') {
        const answer = await call(...args);
        if (decided === 'answered') return answer;
      }
      const isRead = verb === 'get' || verb === 'list';
      throw new ApiError(isRead ? 'unreachable' : 'outcome-unknown', 'no answer', { reason: 'ConnectionReset' });
    };
  return Object.assign(Object.create(server) as ApiServer, {
    get: lossy('get', server.get.bind(server)),
    list: lossy('list', server.list.bind(server)),
    create: lossy('create', server.create.bind(server)),
    update: lossy('update', server.update.bind(server)),
    patch: lossy('patch', server.patch.bind(server)),
    delete: lossy('delete', server.delete.bind(server)),
    watch: server.watch.bind(server),
    discover: server.discover.bind(server),
    reviewOwnAccess: server.reviewOwnAccess.bind(server),
  });
}
