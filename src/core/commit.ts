/**
 * What becomes of a stream that breaks after its first content was passed on. `error`: the caller gets the error. `restart`: a typed
 * delta says that all before it is void, and the answer begins again; the library alone can say so. `splice`: the model is asked
 * again, and the stream goes on where the new answer begins with what was already said; where it does not, the caller gets the error.
 */
export type OnInterrupted = 'error' | 'restart' | 'splice'

/**
 * How long the first content is kept back, so that a failure meanwhile is retried unseen: until the answer is whole, or until one of
 * these is reached. Looked at as pieces arrive: a stream that stalls stays held until its idle clock runs out.
 */
export type HoldBack = 'whole' | { readonly ms?: number; readonly tokens?: number }
