import type { Story } from '../core/story.ts'

/** The story of whoever a shared call belongs to at the moment: what happens to it is told to that one alone. */
export function relayStory(current: () => Story): Story {
  return {
    get startedAt() {
      return current().startedAt
    },
    get moments() {
      return current().moments
    },
    get attempts() {
      return current().attempts
    },
    get losses() {
      return current().losses
    },
    get late() {
      return current().late
    },
    get warnings() {
      return current().warnings
    },
    get rates() {
      return current().rates
    },
    get begun() {
      return current().begun
    },
    note: (happening) => current().note(happening),
    beginAttempt: () => current().beginAttempt(),
    settle: (attempt) => current().settle(attempt),
    readOn: (reading) => current().readOn(reading),
    lose: (losses) => current().lose(losses),
    warn: (warnings) => current().warn(warnings),
    limit: (rates) => current().limit(rates),
  }
}
