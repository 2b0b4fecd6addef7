import { changeLine } from './change-line.ts'
import { knownSdks } from './known-sdks.ts'
import { namesPackage } from './read-manifest.ts'
import { languageFiles, type Sdk } from './sdk.ts'
import type { ProjectFile } from './walk-project.ts'

/** A line that constructs a client. */
export interface Construction {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Without the keys that stand in it. */
  readonly text: string
  /** The line with the change; absent where it has a base URL, or where its arguments stand elsewhere. */
  readonly changed?: string
  /** Whether it leads to the gateway already. */
  readonly isDone: boolean
}

/** An SDK that a project uses. */
export interface FoundSdk {
  readonly sdk: Sdk
  /** What says so: manifests, or the sources that construct a client. */
  readonly evidence: readonly string[]
  readonly constructions: readonly Construction[]
}

/** The SDKs that a project uses, by its manifests and by its sources, each with the lines that construct a client. */
export function findSdks(files: readonly ProjectFile[], gateway: string): FoundSdk[] {
  const found = knownSdks.flatMap((sdk) => {
    const { manifests, sources } = languageFiles[sdk.language]
    const manifestsWith = files
      .filter(({ path, text }) => manifests.test(nameOf(path)) && namesPackage(sdk.language, text, sdk.package))
      .map(({ path }) => path)
    const constructions = files
      .filter(({ path, text }) => sources.test(path) && mayUse(sdk, text, manifestsWith.length > 0))
      .flatMap((file) => constructionsIn(file, sdk, gateway))
    if (manifestsWith.length === 0 && constructions.length === 0) return []
    const evidence = manifestsWith.length > 0 ? manifestsWith : [...new Set(constructions.map(({ file }) => file))]
    return [{ sdk, evidence, constructions }]
  })
  return found.filter((one) => !isOfAnother(one, found) && !found.some(({ sdk }) => one.sdk.unless?.test(sdk.package)))
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** Without a manifest that names it, a source has to import the package itself. */
function mayUse({ package: name, language }: Sdk, text: string, isNamed: boolean): boolean {
  if (isNamed) return true
  if (language === 'JavaScript') return new RegExp(`(?:from|require\\(|import\\()\\s*['"]${name}['"]`).test(text)
  if (language === 'Python') return new RegExp(`^\\s*(?:from|import) ${name.replaceAll('-', '_')}\\b`, 'm').test(text)
  return false
}

/** Two packages of a language may construct alike (two Ruby gems): the lines belong to the one that a manifest names. */
function isOfAnother(one: FoundSdk, found: readonly FoundSdk[]): boolean {
  return (
    one.evidence.every((path) => one.constructions.some(({ file }) => file === path)) &&
    found.some(
      (other) =>
        other !== one &&
        other.sdk.language === one.sdk.language &&
        other.sdk.change.construction.source === one.sdk.change.construction.source,
    )
  )
}

function constructionsIn({ path, text }: ProjectFile, { change, language }: Sdk, gateway: string): Construction[] {
  const { remark } = languageFiles[language]
  return text.split('\n').flatMap((written, index) => {
    const isCode = written.length <= longestLine && !remark.test(written) && !/^\s*(?:class|def) /.test(written)
    if (!isCode || !change.construction.test(written)) return []
    const line = withoutKeys(written.trim())
    const changed = changeLine(line, change, gateway)
    const isDone = line.includes(gateway)
    return [{ file: path, line: index + 1, text: line, ...(changed !== undefined && { changed }), isDone }]
  })
}

/** A longer one was not written by hand. */
const longestLine = 400

/** What stands there as a key has no business on a terminal. */
function withoutKeys(line: string): string {
  return line.replaceAll(
    /(?<=\b\w*(?:key|token|secret)["']?\s*[:=(]\s*(?<quote>["'`]))(?:(?!\k<quote>).)+|\bsk-[\w-]{6,}/gi,
    '…',
  )
}
