import type * as X509 from '@peculiar/x509';

/** What a TLS server needs, and what its clients need to trust it. PEM texts. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly key: string;
  /** The certificate of the authority that signed it: `certificate-authority-data` of a kubeconfig is its base64. */
  readonly authority: string;
}

export interface CertificateRequest {
  /** Wall time in milliseconds; clients compare with their machine's clock, so this is never a virtual one. */
  readonly nowMs: number;
  /** DNS names and addresses; default localhost and both loopbacks. */
  readonly names?: readonly string[];
  /** Default 365 days, from a day before `nowMs` on. */
  readonly validDays?: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** A fresh authority and a serving certificate signed by it. The authority's key is forgotten at once: nobody can sign more. */
export async function makeServingCertificate({
  nowMs,
  names = LOOPBACK,
  validDays = 365,
}: CertificateRequest): Promise<ServingCertificate> {
  const x509 = await library();
  const lifetime = { notBefore: new Date(nowMs - DAY_MS), notAfter: new Date(nowMs + validDays * DAY_MS) };
  const authorityKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=fleetgraph-simulated-ca',
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    ...lifetime,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=kube-apiserver',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    ...lifetime,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  });
  const der: unknown = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: certificate.toString('pem'),
    key: x509.PemConverter.encode(der as ArrayBuffer, 'PRIVATE KEY'),
    authority: authority.toString('pem'),
  };
}

const isAddress = (name: string) => name.includes(':') || /^[0-9.]+$/.test(name);

function newKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** The library's container asks for these functions when it loads, and nothing here needs what they would keep. */
function library(): Promise<typeof X509> {
  const reflect = Reflect as object as Record<string, unknown>;
  reflect['getMetadata'] ??= () => undefined;
  reflect['getOwnMetadata'] ??= () => undefined;
  reflect['defineMetadata'] ??= () => {};
  return import('@peculiar/x509');
}
