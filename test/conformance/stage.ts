import { afterAll, beforeAll, it } from 'vitest';
import type { ApiServer } from '../../src/kube/api-server.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import type { Capability, Implementation, Subject } from './implementation.ts';
import { definitions, namespaces, widgets } from './kinds.ts';
import { widgetDefinition } from './objects.ts';
import { until } from './watching.ts';

/** What every case works with: a running server, a namespace of its own topic, and a custom kind. */
export class Stage {
  readonly #implementation: Implementation;
  #subject: Subject | undefined;
  #namespaces = new Map<string, Promise<string>>();

  constructor(implementation: Implementation) {
    this.#implementation = implementation;
    beforeAll(() => this.#open());
    afterAll(() => this.#close());
  }

  get subject(): Subject {
    if (this.#subject === undefined) throw new Error('the server has not been started');
    return this.#subject;
  }

  get admin(): ApiServer {
    return this.subject.admin;
  }

  /** A namespace, made at the first question and the same for the same topic. */
  namespace(topic: string): Promise<string> {
    const made = this.#namespaces.get(topic) ?? this.#newNamespace(topic);
    this.#namespaces.set(topic, made);
    return made;
  }

  /** A case that needs a capability: skipped, with the reason in its name, where that is missing. */
  needs(capability: Capability): (name: string, run: () => Promise<void>) => void {
    const reason = this.#implementation.lacks?.[capability];
    return reason === undefined ? (name, run) => it(name, run) : (name, run) => it.skip(`${name} [${capability}: ${reason}]`, run);
  }

  async #open(): Promise<void> {
    this.#subject = await this.#implementation.start();
    await this.admin.create(definitions, widgetDefinition());
    await until('the custom kind', () => this.servesWidgets());
  }

  async servesWidgets(): Promise<boolean> {
    const served = await this.admin.list(widgets, { limit: 1 }).catch(() => undefined);
    const found = await this.admin.discover();
    return served !== undefined && found.some(({ group }) => group === widgets.group);
  }

  async #close(): Promise<void> {
    if (this.#subject === undefined) return;
    const left = [...this.#namespaces.values()];
    await this.admin.delete(definitions, { name: `${widgets.resource}.${widgets.group}` }).catch(() => undefined);
    for (const name of await Promise.all(left)) await this.admin.delete(namespaces, { name }).catch(() => undefined);
    await this.#subject[Symbol.asyncDispose]();
  }

  async #newNamespace(topic: string): Promise<string> {
    const object: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '', generateName: `conformance-${topic}-` } };
    const { metadata } = await this.admin.create(namespaces, object);
    await this.subject.untilPodsAllowed?.(metadata.name);
    return metadata.name;
  }
}
