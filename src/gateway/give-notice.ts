/** The time between saying that the gateway leaves and refusing calls. */
export interface Notice {
  /** Waits so long. Asked again, it is over when the later wait is: whoever is in a hurry ends what came before. */
  pass(ms: number): Promise<void>
}

/** No notice is given yet. */
export function giveNotice(): Notice {
  let endEarlier = () => {}
  return {
    async pass(ms) {
      endEarlier()
      if (ms <= 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        endEarlier = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
