import type { KubeObject } from '../../model/kube-object.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  /** 0: always shown; more: with `-o wide`. */
  readonly priority: number;
  readonly description?: string;
}

export type Cell = string | number | boolean | null;

/** How kubectl shows a kind. */
export interface TableKind {
  readonly columns: readonly TableColumn[];
  /** One cell for each column. */
  cells(object: KubeObject, nowMs: number): Cell[];
}

export function nameColumn(name = 'Name'): TableColumn {
  return { name, type: 'string', format: 'name', priority: 0 };
}

export const text = (name: string): TableColumn => ({ name, type: 'string', format: '', priority: 0 });
export const count = (name: string): TableColumn => ({ name, type: 'integer', format: '', priority: 0 });
export const wide = (name: string): TableColumn => ({ ...text(name), priority: 1 });
