/** Paths that name no resource: discovery, OpenAPI, version, health. */
import type { Caller } from '../access/gate.ts';
import type { ApiServerCore } from '../api-server-core.ts';
import { methodNotAllowed, noSuchResource } from '../status.ts';
import { jsonAnswer, textAnswer } from './answers.ts';
import { type ApiRequest, headerOf, type WholeAnswer } from './api-request.ts';
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { type AnswerForm, acceptedForm } from './media-types.ts';
import { openApiDocument, openApiIndex } from './openapi.ts';

export function otherAnswer(core: ApiServerCore, request: ApiRequest, caller: Caller): WholeAnswer {
  const path = request.path.replace(/(.)\/+$/, '$1');
  if (request.method !== 'GET' && request.method !== 'HEAD') throw path === '/' ? methodNotAllowed() : noSuchResource();
  const attributes = { verb: 'get', path, group: '', resource: '' };
  return core.gate.pass({ caller, attributes, apiVersion: '', dryRun: false, isRead: true }, () => answerFor(core, request, path));
}

function answerFor(core: ApiServerCore, request: ApiRequest, path: string): WholeAnswer {
  switch (path) {
    case '/livez':
    case '/readyz':
    case '/healthz':
      return textAnswer(200, 'ok');
    case '/version':
      return jsonAnswer(200, versionInfo(core.gitVersion));
    case '/':
      return jsonAnswer(200, { paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] });
    case '/api':
    case '/apis':
      return discoveryRoot(core, request, path);
    case '/openapi/v3':
      return jsonAnswer(200, openApiIndex(core.registry));
    default:
      return documentAt(core, path.split('/').slice(1), path);
  }
}

function discoveryRoot({ registry }: ApiServerCore, request: ApiRequest, path: string): WholeAnswer {
  const form: AnswerForm = acceptedForm(headerOf(request, 'accept'));
  if (form.as !== 'group-discovery') return jsonAnswer(200, path === '/api' ? coreVersions(request.origin) : groupList(registry));
  const groups = registry.groups().filter(({ name }) => (name === '') === (path === '/api'));
  return jsonAnswer(
    200,
    aggregatedDiscovery(groups, form.version),
    `application/json;g=apidiscovery.k8s.io;v=${form.version};as=APIGroupDiscoveryList`,
  );
}

function documentAt({ registry }: ApiServerCore, parts: readonly string[], path: string): WholeAnswer {
  const [root, group = '', version = ''] = parts;
  if (root === 'api' && parts.length === 2) return jsonAnswer(200, resourceList(registry, '', group));
  if (root === 'apis' && parts.length === 2) return jsonAnswer(200, groupDocument(registry, group));
  if (root === 'apis' && parts.length === 3) return jsonAnswer(200, resourceList(registry, group, version));
  if (path.startsWith('/openapi/v3/')) return jsonAnswer(200, openApiDocument(registry, path.slice('/openapi/v3/'.length)));
  throw noSuchResource();
}

function versionInfo(gitVersion: string) {
  const [, major = '1', minor = '0'] = /^v([0-9]+)\.([0-9]+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: 'linux/amd64',
  };
}
