import { type OpenOptions, openSeam, type Seam } from '../index.ts'
import { type FindOptions, type FoundConfig, findConfig } from './find-config.ts'
import { sayIndexing } from './say-indexing.ts'

/** What to run on, where events go instead of where the configuration says, and who hears of them. */
export type WithSeamOptions = FindOptions & Pick<OpenOptions, 'events' | 'onEvent'>

/** Opens a seam over what a command runs on, and closes both however the work ends. */
export async function withSeam(
  { events, onEvent, ...options }: WithSeamOptions,
  work: (seam: Seam, found: FoundConfig) => Promise<void>,
): Promise<void> {
  const found = await findConfig(options)
  try {
    const seam = await openSeam({
      config: found.config,
      onIndexing: sayIndexing(),
      ...(events && { events }),
      ...(onEvent && { onEvent }),
    })
    try {
      await work(seam, found)
    } finally {
      await seam.close()
    }
  } finally {
    await found.close()
  }
}
