import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Right, Visitor } from './visitor.ts'

/** A request under `/api`, let in. */
export interface ApiRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parameters: URLSearchParams
  /** What stands in the place of the path's star, where the route has one. */
  readonly id: string
  readonly visitor: Visitor
  /** Whether the visitor still has the right that it came in with. Rejects where it has not. */
  readonly stays: () => Promise<boolean>
}

/** What a method of a route does, and who may have it done. */
interface AdminMethod {
  readonly right: Right
  readonly serve: (asked: ApiRequest) => void | Promise<void>
}

/** A route: where it is, and what each of its methods does. */
export interface AdminRoute {
  /** `/api/calls`, or `/api/calls/*` where an id stands in the place of the star. */
  readonly path: string
  readonly methods: Readonly<Record<string, AdminMethod>>
}
