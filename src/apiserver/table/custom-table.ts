import type { KubeObject } from '../../model/kube-object.ts';
import type { PrinterColumn } from '../resources/resource-definition.ts';
import { ageOf } from './age.ts';
import { valuesAtPath } from './json-path.ts';
import { type Cell, nameColumn, type TableColumn, type TableKind } from './table-kind.ts';

/** A custom resource as the columns of its CRD show it. */
export function customTable(columns: readonly PrinterColumn[]): TableKind {
  return {
    columns: [nameColumn(), ...columns.map(columnOf)],
    cells: (object, nowMs) => [object.metadata.name, ...columns.map((column) => cellOf(object, column, nowMs))],
  };
}

function columnOf({ name, type, format, priority, description }: PrinterColumn): TableColumn {
  return {
    name,
    type: type as TableColumn['type'],
    format: format ?? '',
    priority: priority ?? 0,
    ...(description !== undefined && { description }),
  };
}

function cellOf(object: KubeObject, { type, jsonPath }: PrinterColumn, nowMs: number): Cell {
  const values = valuesAtPath(object, jsonPath);
  const [first] = values;
  if (first === undefined || first === null) return null;
  if (type === 'date') return ageOf(first, nowMs);
  if (type === 'string') return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(',');
  return typeof first === 'number' || typeof first === 'boolean' ? first : null;
}
