/** What all mutations of the admin surface have in common. */
import { HttpApiMiddleware } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import type { Administrator } from "../Identity.ts"

/**
 * A header by which a client says that it is no web page's form, which can't set it. A mutation without a body needs
 * it, whatever its value; one with a body may have `Content-Type: application/json` instead.
 */
export const adminClientHeader = "x-galaxy-admin"

/**
 * Runs a mutation and its audit row in one transaction: neither is there without the other. A request that a page of
 * another site could have sent is `forbidden`, `cross_site`. Reads pass through.
 */
export class AdminMutation extends HttpApiMiddleware.Service<AdminMutation, { requires: Administrator }>()(
  "@galaxy/contract/api/admin/AdminMutation",
  { error: wireErrors }
) {}
