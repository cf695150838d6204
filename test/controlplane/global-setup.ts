import type { TestProject } from 'vitest/node';
import { type ControlPlane, type ControlPlaneDescription, startControlPlane } from './control-plane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly controlPlane: ControlPlaneDescription;
  }
}

let shared: ControlPlane | undefined;

/** One control plane of two clusters for all test files of a run; `sharedControlPlane` gives it to them. */
export async function setup(project: TestProject): Promise<void> {
  shared = await startControlPlane({ clusters: 2, nodes: 20 });
  project.provide('controlPlane', shared.describe());
}

export async function teardown(): Promise<void> {
  await shared?.stop();
}
