import type { Pool } from 'undici'

/** A pool of connections that is open while it is needed. */
export interface BorrowedPool {
  /** Opens it where it is not open. Whoever borrows it gives it back, once. */
  borrow(): Promise<Pool>
  giveBack(): void
  /** Closes it once the last borrower has given it back. Who borrows it later, a retry say, opens it again for as long. */
  close(): Promise<void>
}

/** Opens nothing before the first use. */
export function borrowedPool(open: () => Promise<Pool>): BorrowedPool {
  let pool: Promise<Pool> | undefined
  let borrowers = 0
  let isClosing = false
  let resolveIdle: (() => void) | undefined
  let idle: Promise<void> | undefined

  const shut = async (): Promise<void> => {
    const closing = pool
    pool = undefined
    // Nobody waits for what is left: not for a connection that does not come about either.
    await (await closing)?.destroy()
  }
  return {
    borrow() {
      borrowers++
      pool ??= open()
      return pool
    },
    giveBack() {
      borrowers--
      if (!isClosing || borrowers > 0) return
      const closed = shut()
      if (resolveIdle) void closed.then(resolveIdle, resolveIdle)
      else closed.catch(() => undefined)
    },
    close() {
      isClosing = true
      if (borrowers === 0) return shut()
      idle ??= new Promise((resolve) => {
        resolveIdle = resolve
      })
      return idle
    },
  }
}
