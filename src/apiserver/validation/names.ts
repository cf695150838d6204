/** The syntax of names. Each function returns what is wrong, worded as the real server words it. */

const LABEL_FORM = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_FORM = `${LABEL_FORM}(\\.${LABEL_FORM})*`;
const LABEL = new RegExp(`^${LABEL_FORM}$`);
const SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORM}$`);

const LABEL_RULE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL_FORM}')`;
const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN_FORM}')`;

const atMost = (length: number) => `must be no more than ${length} characters`;

export function dnsLabelProblems(name: string): string[] {
  const problems = name.length > 63 ? [atMost(63)] : [];
  if (!LABEL.test(name)) problems.push(SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_RULE);
  return problems;
}

export function dnsSubdomainProblems(name: string): string[] {
  const problems = name.length > 253 ? [atMost(253)] : [];
  if (!SUBDOMAIN.test(name)) problems.push(SUBDOMAIN_RULE);
  return problems;
}

export function pathSegmentProblems(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`);
}

const KEY_FORM = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const KEY = new RegExp(`^${KEY_FORM}$`);
const KEY_RULE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${KEY_FORM}')`;
const VALUE = new RegExp(`^(${KEY_FORM})?$`);
const VALUE_RULE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${KEY_FORM})?')`;

/** Label and annotation keys, finalizers: an optional DNS prefix, a slash, a name. */
export function qualifiedNameProblems(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) return [`a valid label key ${KEY_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const problems = prefix === undefined ? [] : prefixProblems(prefix);
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${atMost(63)}`);
  if (!KEY.test(name)) problems.push(`name part ${KEY_RULE}`);
  return problems;
}

function prefixProblems(prefix: string): string[] {
  return prefix === '' ? ['prefix part must be non-empty'] : dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`);
}

export function labelValueProblems(value: string): string[] {
  const problems = value.length > 63 ? [atMost(63)] : [];
  if (!VALUE.test(value)) problems.push(VALUE_RULE);
  return problems;
}
