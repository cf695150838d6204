import { type FieldMask, INSTANT } from '../../field-mask.ts';
import { isFields } from '../object-shape.ts';

/** Of something that was decoded whole no more than `mask` wants. */
export function cutTo(value: unknown, mask: FieldMask): unknown {
  if (Array.isArray(value)) return value.map((item) => cutTo(item, mask));
  if (!isFields(value)) return value;
  const wanted = Object.entries(mask).filter(([name]) => Object.hasOwn(value, name));
  return Object.fromEntries(
    wanted.map(([name, within]) => [name, within === true || within === INSTANT ? value[name] : cutTo(value[name], within)]),
  );
}
