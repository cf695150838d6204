import { mkdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Binaries } from './build.ts';
import type { Component } from './component.ts';
import { freePort } from './free-port.ts';
import type { ManifestObject } from './kruise-manifest.ts';
import { kruiseStages } from './kruise-stages.ts';
import type { KubeResponse } from './kube-request.ts';
import { until } from './until.ts';
import type { Workspace } from './workspace.ts';

const publishedTimeoutMs = 30_000;
const stageKinds = kruiseStages.map(({ spec }) => spec.resourceRef.kind);
const readyTimeoutMs = 60_000;

// ImagePullJobs are refused without their gate; the others are off by default, too.
const featureGates = [
  'ImagePullJobGate=true',
  'PreDownloadImageForInPlaceUpdate=true',
  'ResourcesDeletionProtection=true',
  'PodUnavailableBudgetUpdateGate=true',
];

type Send = (method: string, path: string, body?: string, contentType?: string) => Promise<KubeResponse>;

/** Applies OpenKruise's objects, its webhooks included. */
export async function installKruise(binaries: Binaries, send: Send): Promise<void> {
  const manifest = await readManifest(binaries);
  const isFirst = ({ kind }: ManifestObject) => kind === 'Namespace' || kind === 'CustomResourceDefinition';
  await applyAll(manifest.filter(isFirst), send);
  await applyAll(
    manifest.filter((object) => !isFirst(object)),
    send,
  );
}

async function applyAll(objects: readonly ManifestObject[], send: Send): Promise<void> {
  await Promise.all(
    objects.map(async ({ path, yaml }) => {
      const query = '?fieldManager=controlplane&force=true';
      const response = await send('PATCH', path + query, yaml, 'application/apply-patch+yaml');
      if (!response.isOk) throw new Error(`apply ${path}: ${response.status} ${response.text}`);
    }),
  );
}

/**
 * Some time passes until a new kind is in the discovery document and, later, in the OpenAPI document;
 * OpenKruise and KWOK, in this order, exit when they do not find there what they work on.
 */
export async function untilKruisePublished(binaries: Binaries, send: Send): Promise<void> {
  const crds = (await readManifest(binaries)).filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ path }) => basename(path));
  await until('the kinds of OpenKruise published', { timeoutMs: publishedTimeoutMs }, async () => {
    const known = await Promise.all(['apps.kruise.io', 'policy.kruise.io'].map((group) => resourcesOf(group, send)));
    const openApi = (await send('GET', '/openapi/v3/apis/apps.kruise.io/v1alpha1')).text;
    return crds.every((crd) => known.flat().includes(crd)) && stageKinds.every((kind) => openApi.includes(`"kind":"${kind}"`));
  });
}

/** In the form of a CRD's name: "clonesets.apps.kruise.io". */
async function resourcesOf(group: string, send: Send): Promise<string[]> {
  const response = await send('GET', `/apis/${group}/v1alpha1`);
  return response.json<{ resources: { name: string }[] }>().resources.map(({ name }) => `${name}.${group}`);
}

async function readManifest(binaries: Binaries): Promise<ManifestObject[]> {
  return JSON.parse(await readFile(binaries.kruiseManifest, 'utf8')) as ManifestObject[];
}

export interface KruiseSettings {
  readonly cluster: string;
  readonly kubeconfigPath: string;
  readonly webhookPort: number;
  readonly healthPort: number;
}

export async function newKruiseSettings(cluster: string, kubeconfigPath: string): Promise<KruiseSettings> {
  return { cluster, kubeconfigPath, webhookPort: await freePort(), healthPort: await freePort() };
}

/** Starts OpenKruise's own program, which writes its address into its webhooks' configurations. */
export async function startKruise(workspace: Workspace, binaries: Binaries, settings: KruiseSettings): Promise<Component> {
  const certificates = workspace.path(`${settings.cluster}-kruise-webhook`);
  await mkdir(certificates, { recursive: true, mode: 0o700 });
  return workspace.start(
    `${settings.cluster}-kruise-manager`,
    ['exec', binaries.kruiseManager, `--health-probe-addr=127.0.0.1:${settings.healthPort}`, `--feature-gates=${featureGates.join(',')}`],
    {
      KUBECONFIG: settings.kubeconfigPath,
      POD_NAMESPACE: 'kruise-system',
      WEBHOOK_HOST: '127.0.0.1',
      WEBHOOK_PORT: String(settings.webhookPort),
      WEBHOOK_CERT_DIR: certificates,
    },
  );
}

export function kruiseIsReady(kruise: Component, settings: KruiseSettings): Promise<void> {
  return kruise.waitUntilReady(readyTimeoutMs, async () => (await fetch(`http://127.0.0.1:${settings.healthPort}/readyz`)).ok);
}
