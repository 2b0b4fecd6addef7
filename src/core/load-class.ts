/**
 * How urgent a call is where its target has more to do than it takes. `interactive`: somebody waits. `batch`: it can wait; it stands
 * behind what is interactive, takes no more than a share of the places, and is turned away first.
 */
export type LoadClass = 'interactive' | 'batch'
