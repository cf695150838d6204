import path from 'node:path';
import { KubeconfigError } from './kubeconfig-error.ts';
import { isFields } from './object-shape.ts';

/**
 * One map of a kubeconfig, read field by field: a field of the wrong type is an error that says where.
 * Never quotes a value, which may be a secret.
 */
export class KubeconfigEntry {
  readonly file: string;
  /** E.g. `user "admin"`. */
  readonly what: string;
  readonly #fields: Record<string, unknown>;

  constructor(file: string, what: string, fields: unknown) {
    this.file = file;
    this.what = what;
    if (!isFields(fields)) throw new KubeconfigError(file, `${what} is not a map`, 'correct the file');
    this.#fields = fields;
  }

  fail(rule: string, remedy: string): never {
    throw new KubeconfigError(this.file, `${this.what} ${rule}`, remedy);
  }

  text(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'string' ? value : this.fail(`has a ${name} that is not text`, 'put it in quotes');
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    if (value === undefined || value === null) return false;
    return typeof value === 'boolean' ? value : this.fail(`has a ${name} that is neither true nor false`, 'correct it');
  }

  texts(name: string): string[] | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
    return this.fail(`has ${name} that are not a list of texts`, 'correct them');
  }

  textLists(name: string): Record<string, string[]> | undefined {
    const entry = this.entry(name);
    return entry === undefined ? undefined : Object.fromEntries(entry.names().map((key) => [key, entry.texts(key) ?? []]));
  }

  entry(name: string): KubeconfigEntry | undefined {
    const value = this.#fields[name];
    return value === undefined || value === null ? undefined : new KubeconfigEntry(this.file, `${this.what}.${name}`, value);
  }

  entries(name: string): KubeconfigEntry[] {
    const value = this.#fields[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.fail(`has ${name} that are not a list`, 'correct them');
    return value.map((item, index) => new KubeconfigEntry(this.file, `${this.what}.${name}[${index}]`, item));
  }

  /** Of the items of a list like `clusters: [{name, cluster}]`, the inner map of the one called so; the first wins, as in kubectl. */
  named(list: string, field: string, name: string): KubeconfigEntry | undefined {
    const item = this.entries(list).find((candidate) => candidate.text('name') === name);
    return item === undefined ? undefined : new KubeconfigEntry(this.file, `${field} ${JSON.stringify(name)}`, item.#fields[field] ?? {});
  }

  /** A path relative to the file's own folder, as kubectl reads it. */
  path(name: string): string | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : path.resolve(path.dirname(this.file), value);
  }

  /** `<name>-data` (base64 of PEM) or `<name>` (a file of PEM). */
  pem(name: string): PemSource | undefined {
    const data = this.text(`${name}-data`);
    if (data === undefined) {
      const file = this.path(name);
      return file === undefined ? undefined : { file };
    }
    const text = Buffer.from(data, 'base64').toString('utf8');
    return text.includes('-----BEGIN ')
      ? { text }
      : this.fail(`has a ${name}-data that is not base64 of PEM`, 'encode the PEM file with base64');
  }

  names(): string[] {
    return Object.keys(this.#fields);
  }

  /** The map as it is, for the vendor's client. */
  raw(): Record<string, unknown> {
    return this.#fields;
  }
}

/** A PEM text, or the file to read it from each time it is needed. */
export type PemSource = { readonly text: string } | { readonly file: string };
