import { TransportError } from './transport.ts';

/** Node's and OpenSSL's error codes in the words that people see. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'ConnectionRefused',
  ECONNRESET: 'ConnectionReset',
  ECONNABORTED: 'ConnectionReset',
  EPIPE: 'ConnectionReset',
  ERR_STREAM_PREMATURE_CLOSE: 'ConnectionReset',
  ERR_HTTP2_STREAM_ERROR: 'StreamReset',
  ERR_HTTP2_SESSION_ERROR: 'ConnectionLost',
  ERR_HTTP2_GOAWAY_SESSION: 'ConnectionDraining',
  ERR_HTTP2_INVALID_SESSION: 'ConnectionDraining',
  ERR_HTTP2_OUT_OF_STREAMS: 'ConnectionDraining',
  ENOTFOUND: 'DnsFailed',
  EAI_AGAIN: 'DnsFailed',
  EAI_FAIL: 'DnsFailed',
  EAI_NODATA: 'DnsFailed',
  ETIMEDOUT: 'TimedOut',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'TimedOut',
  EHOSTUNREACH: 'HostUnreachable',
  EHOSTDOWN: 'HostUnreachable',
  ENETUNREACH: 'NetworkUnreachable',
  ENETDOWN: 'NetworkUnreachable',
  EADDRNOTAVAIL: 'NoLocalAddress',
  EMFILE: 'TooManyOpenFiles',
  ENFILE: 'TooManyOpenFiles',
  CERT_HAS_EXPIRED: 'CertificateExpired',
  CERT_NOT_YET_VALID: 'CertificateNotYetValid',
  CERT_REVOKED: 'CertificateRevoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CertificateUntrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'CertificateUntrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CertificateUntrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'CertificateUntrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'CertificateUntrusted',
  CERT_SIGNATURE_FAILURE: 'CertificateUntrusted',
  CERT_UNTRUSTED: 'CertificateUntrusted',
  INVALID_CA: 'CertificateUntrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'HostnameMismatch',
  EPROTO: 'TlsFailed',
  HPE_INVALID_CONSTANT: 'NotHttp',
};

/** An alert is the server's refusal of the handshake, even where TLS 1.3 lets it arrive after our request. */
const TLS_ALERT = /^ERR_SSL_.*ALERT/;

/** Puts whatever a socket threw into our words; `sent` as `TransportError` has it. */
export function transportFailure(error: unknown, sent: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : (code ?? 'the connection failed');
  return new TransportError(reasonOf(code), message, { sent: sent && !(code && TLS_ALERT.test(code)), cause: error });
}

function reasonOf(code: string | undefined): string {
  if (code === undefined) return 'ConnectionFailed';
  const known = REASONS[code];
  if (known !== undefined) return known;
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_') ? 'TlsFailed' : 'ConnectionFailed';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
