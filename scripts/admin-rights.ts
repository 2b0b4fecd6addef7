import { type AdminRoutesOptions, adminRoutes } from '../src/admin/admin-routes.ts'
import type { Right } from '../src/admin/visitor.ts'

/** Every method of every route of the admin API, and the right that it asks for, from the table of routes itself. */
export function adminRights(): { readonly route: string; readonly right: Right }[] {
  // The table is made without anything behind it: nobody calls.
  const nothing = { keys: {} } as AdminRoutesOptions
  return adminRoutes(nothing).flatMap(({ path, methods }) =>
    Object.entries(methods).map(([method, { right }]) => ({ route: `${method} ${path}`, right })),
  )
}
