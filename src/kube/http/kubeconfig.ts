import { access, constants, readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { KubeconfigEntry, type PemSource } from './kubeconfig-entry.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { type KubeUser, kubeUser } from './kubeconfig-user.ts';

/** One way into one cluster: a context with the cluster and the user that it names. Holds secrets: never log it. */
export interface KubeContext {
  readonly name: string;
  /** Where it was read. */
  readonly source: string;
  /** As the file has it, e.g. "https://10.0.0.1:6443/clusters/x". */
  readonly server: string;
  /** The user's name in the file; undefined for nobody. */
  readonly userName?: string;
  readonly namespace?: string;
  readonly ca?: PemSource;
  readonly tlsServerName?: string;
  /** The file says insecure-skip-tls-verify: worth a warning to whoever starts the program. */
  readonly insecureSkipTlsVerify: boolean;
  readonly user: KubeUser;
}

/**
 * The contexts of the files, in the files' order, or those called `names` in that order.
 * Each file stands for itself: a context finds its cluster and its user in its own file.
 * Throws `KubeconfigError`: a file that cannot be read or understood, a name that is not there or there
 * twice, an entry that cannot be used. Contexts that are not asked for are not looked into.
 */
export async function contextsOf(files: readonly string[], names: readonly string[] = []): Promise<KubeContext[]> {
  const documents = await Promise.all(files.map(readKubeconfig));
  const offers = documents.flatMap((document) => document.entries('contexts').map((item) => ({ document, name: nameOf(item) })));
  const wanted = names.length === 0 ? offers.map(({ name }) => name) : names;
  const first = documents[0];
  if (first !== undefined && offers.length === 0) throw new KubeconfigError(files.join(', '), 'there are no contexts', 'name another file');
  return Promise.all(wanted.map((name) => onlyOffer(name, offers, files)).map(({ document, name }) => contextOf(document, name)));
}

/** What the contexts of the files are called. Throws `KubeconfigError` for a file that cannot be read or understood. */
export async function contextNames(files: readonly string[]): Promise<string[]> {
  const documents = await Promise.all(files.map(readKubeconfig));
  return documents.flatMap((document) => document.entries('contexts').map(nameOf));
}

interface Offer {
  readonly document: KubeconfigEntry;
  readonly name: string;
}

function onlyOffer(name: string, offers: readonly Offer[], files: readonly string[]): Offer {
  const found = offers.filter((offer) => offer.name === name);
  const [offer, second] = found;
  if (offer === undefined) {
    const known = offers
      .map((other) => other.name)
      .slice(0, 20)
      .join(', ');
    throw new KubeconfigError(files.join(', '), `there is no context ${JSON.stringify(name)}`, `choose one of: ${known}`);
  }
  if (second !== undefined) {
    const where = second.document.file === offer.document.file ? 'twice' : `also in ${second.document.file}`;
    throw new KubeconfigError(
      offer.document.file,
      `context ${JSON.stringify(name)} is there ${where}`,
      'a cluster is called as its context: rename one',
    );
  }
  return offer;
}

async function readKubeconfig(file: string): Promise<KubeconfigEntry> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new KubeconfigError(
      file,
      `the file cannot be read (${error.code ?? 'unknown error'})`,
      'name a kubeconfig file that you may read',
    );
  });
  return parseKubeconfig(text, file);
}

/** Understands the text; `file` is for messages and for relative paths. */
function parseKubeconfig(text: string, file: string): KubeconfigEntry {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    // Without its text, which quotes the file: that may be a token.
    const line = error.linePos?.[0].line;
    throw new KubeconfigError(file, `line ${line ?? '?'} is not YAML (${error.code})`, 'correct the file');
  }
  const entry = new KubeconfigEntry(file, 'the file', toPlain(document, file));
  const kind = entry.text('kind');
  if (kind !== undefined && kind !== 'Config')
    return entry.fail(`has the kind ${JSON.stringify(kind)}`, 'name a kubeconfig, whose kind is Config');
  return entry;
}

function toPlain(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new KubeconfigError(file, 'its YAML aliases cannot be resolved', 'write the values out');
  }
}

function nameOf(item: KubeconfigEntry): string {
  return item.text('name') ?? item.fail('has no name', 'name it');
}

async function contextOf(document: KubeconfigEntry, name: string): Promise<KubeContext> {
  const context = document.named('contexts', 'context', name) ?? document.fail('changed', 'try again');
  const clusterName = context.text('cluster') ?? context.fail('names no cluster', 'add "cluster"');
  const cluster =
    document.named('clusters', 'cluster', clusterName) ??
    context.fail(`names the cluster ${JSON.stringify(clusterName)}, which the file does not have`, 'correct the name or add the cluster');
  const { tlsServerName, ca, ...reach } = reachOf(cluster);
  const userName = context.text('user');
  const described = {
    ...reach,
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(ca !== undefined && 'text' in ca ? { caData: base64(ca.text) } : {}),
  };
  const user = userName === undefined ? {} : kubeUser(userEntry(document, context, userName), described);
  const namespace = context.text('namespace');
  const result: KubeContext = {
    name,
    source: document.file,
    ...reach,
    user,
    ...(ca === undefined ? {} : { ca }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(userName === undefined ? {} : { userName }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  await checkFiles(context, result);
  return result;
}

function userEntry(document: KubeconfigEntry, context: KubeconfigEntry, name: string): KubeconfigEntry {
  return (
    document.named('users', 'user', name) ??
    context.fail(`names the user ${JSON.stringify(name)}, which the file does not have`, 'correct the name or add the user')
  );
}

function reachOf(cluster: KubeconfigEntry): Pick<KubeContext, 'server' | 'ca' | 'tlsServerName' | 'insecureSkipTlsVerify'> {
  const server = serverOf(cluster);
  const ca = cluster.pem('certificate-authority');
  const tlsServerName = cluster.text('tls-server-name');
  const insecureSkipTlsVerify = cluster.flag('insecure-skip-tls-verify');
  if (cluster.text('proxy-url') !== undefined)
    cluster.fail('has a proxy-url, which is not supported', 'give an address that is reachable without');
  if (insecureSkipTlsVerify && ca !== undefined) cluster.fail('has both insecure-skip-tls-verify and a certificate-authority', 'keep one');
  return { server, insecureSkipTlsVerify, ...(ca === undefined ? {} : { ca }), ...(tlsServerName === undefined ? {} : { tlsServerName }) };
}

function serverOf(cluster: KubeconfigEntry): string {
  const server = cluster.text('server') ?? cluster.fail('has no server', 'add its address');
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return cluster.fail('has a server that is no http(s) address', 'write it as https://host:port');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return cluster.fail('has a server with more than host, port and path', 'leave the rest out');
  return server;
}

async function checkFiles(context: KubeconfigEntry, { ca, user }: KubeContext): Promise<void> {
  const sources = { 'certificate-authority': ca, 'client-certificate': user.certificate?.cert, 'client-key': user.certificate?.key };
  const files = Object.entries(sources).flatMap(([field, source]) =>
    source !== undefined && 'file' in source ? [[field, source.file] as const] : [],
  );
  if (user.tokenFile !== undefined) files.push(['tokenFile', user.tokenFile]);
  await Promise.all(
    files.map(([field, file]) =>
      access(file, constants.R_OK).catch(() =>
        context.fail(`needs ${file} (${field}), which cannot be read`, 'correct the path or its permissions'),
      ),
    ),
  );
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
