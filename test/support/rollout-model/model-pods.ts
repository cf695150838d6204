/** Pods of the model cluster: what a kubelet makes of an image, and nothing else. */
export interface ModelPod {
  readonly name: string;
  readonly revision: string;
  readonly image: string;
  readonly createdAt: number;
  node: number;
  readyAt?: number;
}

const START_DELAY_MS = 4_000;

/** good, or what the tag says goes wrong. */
export function fateOf(image: string): 'good' | 'missing' | 'crash' | 'broken' {
  const tag = image.slice(image.lastIndexOf(':') + 1);
  if (tag.endsWith('missing')) return 'missing';
  if (tag.endsWith('crash')) return 'crash';
  return tag.endsWith('broken') ? 'broken' : 'good';
}

export function advancePod(pod: ModelPod, isNodeDown: boolean, now: number): void {
  if (isNodeDown || fateOf(pod.image) !== 'good') delete pod.readyAt;
  else if (pod.readyAt === undefined && now >= pod.createdAt + START_DELAY_MS) pod.readyAt = now;
}

export function isAvailable(pod: ModelPod, minReadySeconds: number, now: number): boolean {
  return pod.readyAt !== undefined && pod.readyAt + minReadySeconds * 1_000 <= now;
}
