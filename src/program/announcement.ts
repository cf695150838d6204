import type { Pasteable } from './quickstart.ts';

/** What the person at the terminal is told once the gateway is ready. */
export interface Announcement {
  readonly url: string;
  readonly websocket: string;
  /** Undefined: there is none. */
  readonly playground?: string;
  readonly fleet: { readonly clusters: number; readonly nodes: number; readonly pods: number; readonly notLive: readonly string[] };
  /** Local mode on real clusters: who writes go as. */
  readonly writer?: string;
  /** What to send as `Authorization: Bearer`, where callers need a token. */
  readonly token?: string;
  readonly kubeconfig?: string;
  readonly query: string;
  /** Mutations to try; undefined with --read-only. */
  readonly quickstart?: readonly Pasteable[];
}

/** The text for standard output, in the order that scripts rely on: addresses, fleet, things to paste, how to stop. */
export function announce(announcement: Announcement): string {
  const { url, websocket, playground, token, kubeconfig, query, quickstart } = announcement;
  const addresses = [
    ['GraphQL', `${url}/graphql`],
    ['WebSocket', websocket],
    ...(playground === undefined ? [] : [['Playground', playground]]),
    ['Health', `${url}/readyz?verbose`],
    ...(token === undefined ? [] : [['Token', token]]),
    ...(kubeconfig === undefined ? [] : [['Kubeconfig', kubeconfig]]),
  ];
  const lines = [
    'Fleetgraph is ready.',
    '',
    ...addresses.map(([name = '', value]) => `  ${name.padEnd(11)} ${value}`),
    '',
    fleetLine(announcement),
    '',
    'A query to paste:',
    '',
    indent(query),
    '',
    ...(quickstart === undefined ? ['Mutations are refused (--read-only).', ''] : quickstart.flatMap(pasteable)),
    'Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}

function pasteable({ title, document }: Pasteable): string[] {
  return [`${title}:`, '', indent(document), ''];
}

function fleetLine({ fleet, writer }: Announcement): string {
  const counts = `${plural(fleet.clusters, 'cluster')}, ${plural(fleet.nodes, 'node')}, ${plural(fleet.pods, 'pod')}`;
  const missing = fleet.notLive.length === 0 ? '' : `; not live: ${fleet.notLive.join(', ')}`;
  const writes =
    writer === undefined ? '' : `; writes go to ${fleet.clusters === 1 ? 'this cluster' : `these ${fleet.clusters} clusters`} as ${writer}`;
  return `Fleet: ${counts}${missing}${writes}.`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
