import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'schema', 'operations');

/** An example document of the schema, as people paste it. */
export function exampleDocument(name: string): Promise<string> {
  return readFile(join(folder, `${name}.graphql`), 'utf8');
}
