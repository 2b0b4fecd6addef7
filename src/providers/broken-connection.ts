import { type InseamError, ProviderFailed, ReplyTooLarge, ReplyUnreadable, StreamInterrupted } from '../errors/index.ts'

/** Node's and OpenSSL's codes for a certificate that does not prove who answers. */
const ofCertificate =
  /^(CERT_|CRL_|ERR_TLS_CERT|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXC|HOSTNAME_MISMATCH)/

/** What it means that a connection broke, before an answer had begun or within one. */
export function brokenConnection(cause: Error, target: string, hasAnswered: boolean): InseamError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const said = (cause.message || 'the connection failed') + (code && ` (${code})`)
  if (hasAnswered) return new StreamInterrupted(target, said, cause)
  if (ofCertificate.test(code)) {
    return new ProviderFailed({ code: 'certificate-rejected', said, target, cause, fix: certificateFix(code) })
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new ReplyTooLarge(target, 'headers of more than 16,384 bytes')
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return new ReplyUnreadable(target, `what is no HTTP: ${said}`, cause)
  const fix = code === 'EMFILE' || code === 'ENFILE' ? noDescriptors : undefined
  return new ProviderFailed({ code: 'connection-failed', said, target, cause, fix })
}

const noDescriptors =
  'This process, and not the provider, has run out of file descriptors: raise `ulimit -n`, or set `maxConnections` of the provider.'

function certificateFix(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return "Have the host's certificate renewed, or set this machine's clock right."
  if (code === 'CERT_NOT_YET_VALID') return "Set this machine's clock right, or the host's certificate."
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'Write the `url` by the name that the certificate is for, or give the host one for this name.'
  return 'Where an authority of your own signs for this host, name its certificate under `tls.ca` of the provider.'
}
