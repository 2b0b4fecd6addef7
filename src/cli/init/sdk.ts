/** How one line changes so that a client asks the gateway: an argument goes in where the client is constructed. */
export interface Change {
  /** What constructs a client, up to its opening bracket or the end of its name. */
  readonly construction: RegExp
  /** `object`: into an options object; `arguments`: among the arguments; `chain`: a call behind it. */
  readonly shape: 'object' | 'arguments' | 'chain'
  /** What goes in, for a gateway at this address (without a path). */
  readonly insert: (gateway: string) => string
  /** The construction as its author would write it, where none was found. */
  readonly usual: string
}

/** A package with which a program asks a model. */
export interface Sdk {
  /** As its manifest names it. */
  readonly package: string
  readonly language: Language
  readonly change: Change
  /** Where the program reads its base URL from the environment: no code needs to change. */
  readonly variable?: (gateway: string) => string
  /** Packages of which one makes this line needless: they have their own. */
  readonly unless?: RegExp
  /** What else has to be known, in one line. */
  readonly note?: string
}

/** A language, by which files and manifests are told apart. */
export type Language = 'JavaScript' | 'Python' | 'Go' | 'Ruby' | 'PHP' | 'Java' | '.NET'

/** The files of a language, and how it imports a package. */
export interface LanguageFiles {
  readonly sources: RegExp
  readonly manifests: RegExp
  /** Begins a line that is only a remark. */
  readonly remark: RegExp
}

/** How each language's files are told. */
export const languageFiles: Readonly<Record<Language, LanguageFiles>> = {
  JavaScript: {
    sources: /\.[cm]?[jt]sx?$|\.(?:vue|svelte)$/,
    manifests: /^package\.json$/,
    remark: /^\s*(?:\/\/|\*|\/\*)/,
  },
  Python: {
    sources: /\.(?:py|ipynb)$/,
    manifests: /^(?:pyproject\.toml|Pipfile|setup\.(?:py|cfg)|requirements[\w.-]*\.(?:txt|in))$/,
    remark: /^\s*#/,
  },
  Go: { sources: /\.go$/, manifests: /^go\.mod$/, remark: /^\s*\/\// },
  Ruby: { sources: /\.rb$/, manifests: /^(?:Gemfile|.*\.gemspec)$/, remark: /^\s*#/ },
  PHP: { sources: /\.php$/, manifests: /^composer\.json$/, remark: /^\s*(?:\/\/|\*|#)/ },
  Java: { sources: /\.(?:java|kt)$/, manifests: /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/, remark: /^\s*(?:\/\/|\*)/ },
  '.NET': { sources: /\.(?:cs|fs)$/, manifests: /\.(?:cs|fs)proj$/, remark: /^\s*\/\// },
}
