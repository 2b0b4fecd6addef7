import { isIP } from 'node:net'
import type * as X509 from '@peculiar/x509'

/** What is wrong with a certificate, if anything is. */
export type CertificateKind = 'good' | 'expired' | 'wrong-host' | 'untrusted'

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** An authority of the simulator's own, which lives as long as the simulator. */
export interface Certificates {
  /** Its own certificate, in PEM. */
  readonly authority: string
  certificate(kind: CertificateKind): Promise<Certificate>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60 * 1000

/** Makes an authority, whose certificates are for `host`. Throws where the packages that this needs are not installed. */
export async function createCertificates(host: string): Promise<Certificates> {
  const x509 = await loadX509()
  const [trusted, untrusted] = await Promise.all([authorityOf(x509, 'trusted'), authorityOf(x509, 'untrusted')])
  return {
    authority: trusted.certificate.toString('pem'),
    certificate: (kind) => {
      const { certificate, keys } = kind === 'untrusted' ? untrusted : trusted
      return sign(x509, certificate, keys, {
        host: kind === 'wrong-host' ? 'elsewhere.invalid' : host,
        endsAt: Date.now() + (kind === 'expired' ? -dayMs : dayMs),
      })
    },
  }
}

async function authorityOf(x509: typeof X509, name: string) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Simulator (${name})`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 3 * dayMs),
    notAfter: new Date(Date.now() + 3 * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate, keys }
}

async function sign(
  x509: typeof X509,
  authority: X509.X509Certificate,
  authorityKeys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey },
  { host, endsAt }: { readonly host: string; readonly endsAt: number },
): Promise<Certificate> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Simulator',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(endsAt - 2 * dayMs),
    notAfter: new Date(endsAt),
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
  }
}

/** Both packages are needed by nobody who asks for no TLS. */
async function loadX509(): Promise<typeof X509> {
  try {
    await import('reflect-metadata')
    return await import('@peculiar/x509')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const missing = 'The simulator makes certificates with the packages @peculiar/x509 and reflect-metadata.'
    throw new Error(`${missing} Run \`npm install @peculiar/x509 reflect-metadata\`.`, { cause })
  }
}
