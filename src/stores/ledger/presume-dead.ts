import { type Books, presume } from './books.ts'

/** Counts all that is held in the books as spent, for good or until the truth is known: those who would end it are dead. */
export function presumeDead(books: Books): number {
  for (const hold of books.holds.values()) presume(books, hold)
  return books.holds.size
}
