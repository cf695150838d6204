import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';

/** PEM texts of a certificate and its key, and the certificate of whoever signed it. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface CertificateOptions {
  /** DNS names and IP addresses; default localhost and both loopbacks. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly commonName?: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** A self-signed certificate for a server on loopback. */
export async function selfSigned(options: CertificateOptions = {}): Promise<TestCertificate> {
  const x509 = await library();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = options.names ?? LOOPBACK;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${options.commonName ?? 'test'}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: options.notBefore ?? new Date('2020-01-01'),
    notAfter: options.notAfter ?? new Date('2100-01-01'),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
    ],
  });
  const cert = certificate.toString('pem');
  const der: unknown = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const key = x509.PemConverter.encode(der as ArrayBuffer, 'PRIVATE KEY');
  return { cert, key, ca: cert };
}

/** The library's container asks for these functions when it loads, and nothing here needs what they would keep. */
function library(): Promise<typeof X509> {
  const reflect: Record<string, unknown> = Reflect as object as Record<string, unknown>;
  reflect['getMetadata'] ??= () => undefined;
  reflect['getOwnMetadata'] ??= () => undefined;
  reflect['defineMetadata'] ??= () => {};
  return import('@peculiar/x509');
}
