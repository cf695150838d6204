import { projectorFor } from '../../../src/fleet/projector.ts';
import type { ResourceSync } from '../../../src/model/cluster.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import type { ObjectRecord } from '../../../src/model/object-record.ts';
import type { ResourceVersion } from '../../../src/model/resource-version.ts';
import type { ClusterClient } from '../../controlplane/cluster-client.ts';
import type { KubeResponse } from '../../controlplane/kube-request.ts';

export interface ServerList {
  /** Of the first page, and so of all. */
  readonly resourceVersion: ResourceVersion;
  /** By uid, projected as the store's are, but read with `JSON.parse` from the whole object. */
  readonly records: ReadonlyMap<string, ObjectRecord>;
}

interface Page {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

const PAGE_SIZE = 500;

/**
 * What the server itself says of a kind, past the link and past all code of the transport, in pages: its state at
 * exactly `at`, or the most recent one. Undefined when the server no longer knows what was then.
 */
export async function serverList(cluster: ClusterClient, kind: ResourceSync, at?: ResourceVersion): Promise<ServerList | undefined> {
  const project = projectorFor(kind.resource, (field) => {
    throw new Error(`a real ${kind.kind} with an odd ${field}`);
  });
  if (project === undefined) throw new Error(`no records are kept of ${kind.resource}`);
  const records = new Map<string, ObjectRecord>();
  let resourceVersion: ResourceVersion | undefined;
  for (let token: string | undefined = ''; token !== undefined; ) {
    const response = await cluster.request('GET', `${collectionPath(kind)}?${query(token, at)}`);
    if (response.status === 410) return undefined;
    const page = pageOf(cluster, response);
    resourceVersion ??= page.metadata.resourceVersion;
    const itemKind = page.kind.replace(/List$/, '');
    for (const item of page.items) {
      const record = project({ ...item, apiVersion: page.apiVersion, kind: itemKind }, cluster.name) as ObjectRecord;
      records.set(record.uid, record);
    }
    token = page.metadata.continue === '' ? undefined : page.metadata.continue;
  }
  return { resourceVersion: resourceVersion as ResourceVersion, records };
}

/** Whether the object of that uid is still there now. */
export async function isStillThere(cluster: ClusterClient, kind: ResourceSync, { namespace, name, uid }: ObjectRecord): Promise<boolean> {
  const path = collectionPath(kind, namespace === '' ? undefined : namespace);
  const response = await cluster.request('GET', `${path}/${name}`);
  if (response.status === 404) return false;
  if (!response.isOk) throw new Error(`GET ${path}/${name}: ${response.status} ${response.text}`);
  return response.json<KubeObject>().metadata.uid === uid;
}

function collectionPath({ apiVersion, resource }: ResourceSync, namespace?: string): string {
  const [plural] = resource.split('.');
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}`;
}

function query(token: string, at: ResourceVersion | undefined): URLSearchParams {
  if (token !== '') return new URLSearchParams({ limit: `${PAGE_SIZE}`, continue: token });
  return new URLSearchParams({
    limit: `${PAGE_SIZE}`,
    ...(at !== undefined && { resourceVersion: at, resourceVersionMatch: 'Exact' }),
  });
}

function pageOf(cluster: ClusterClient, response: KubeResponse): Page {
  if (!response.isOk) throw new Error(`${cluster.name}: list: ${response.status} ${response.text}`);
  return response.json<Page>();
}
