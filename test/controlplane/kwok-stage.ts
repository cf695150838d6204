/** One KWOK stage: objects of `resourceRef` that match the selector get `next`, after `delay`. */
export interface KwokStage {
  readonly apiVersion: 'kwok.x-k8s.io/v1alpha1';
  readonly kind: 'Stage';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly apiGroup: string; readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly Match[] };
    readonly delay?: StageDelay;
    readonly next: StageStep;
  };
}

/** `key` is a jq program over the object; it may be a whole `select`, asked for with Exists. */
export interface Match {
  readonly key: string;
  readonly operator: 'Exists' | 'DoesNotExist' | 'In' | 'NotIn';
  readonly values?: readonly string[];
}

export interface StageDelay {
  readonly durationMilliseconds?: number;
  /** A jq program whose result is a Go duration ("5s"). */
  readonly durationFrom?: { readonly expressionFrom: string };
}

export interface StageStep {
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
  /** Go template (with sprig) of the status, in YAML, patched strategically. */
  readonly statusTemplate?: string;
  readonly patches?: readonly {
    readonly subresource: 'status';
    readonly root: 'status';
    readonly type: 'merge';
    readonly template: string;
  }[];
  readonly delete?: boolean;
}

export interface StageOptions {
  readonly name: string;
  readonly kind: string;
  /** Group and version of the kind; default the core group's "v1". */
  readonly apiGroup?: string;
  readonly when: readonly Match[];
  readonly next: StageStep;
  readonly delay?: StageDelay;
}

export function stage(options: StageOptions): KwokStage {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: options.name },
    spec: {
      resourceRef: { apiGroup: options.apiGroup ?? 'v1', kind: options.kind },
      selector: { matchExpressions: options.when },
      ...(options.delay ? { delay: options.delay } : {}),
      next: options.next,
    },
  };
}

export const present = (key: string): Match => ({ key, operator: 'Exists' });
export const absent = (key: string): Match => ({ key, operator: 'DoesNotExist' });
export const oneOf = (key: string, ...values: string[]): Match => ({ key, operator: 'In', values });
export const noneOf = (key: string, ...values: string[]): Match => ({ key, operator: 'NotIn', values });
