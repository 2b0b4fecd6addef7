import { InseamError } from './inseam-error.ts'

/** An npm package that only some need: loaded with its first use. Throws `package-missing`, which names what to install. */
export async function loadPeer<Module>(name: string, what: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new InseamError('package-missing', `${what} needs the package ${name}, which is not installed.`, {
      fix: `Run \`npm install ${name}\`.`,
      cause,
    })
  }
}
