/**
 * Web pages of other sites can't change anything here: an administrator's browser would send the password along.
 *
 * The same rule as at the listeners of the backend as a process, for requests of `fetch`.
 */
import { body } from "@galaxy/contract/api/ApiError"

const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])

const isFromAnotherSite = ({ headers, url }: Request): boolean => {
  const site = headers.get("sec-fetch-site")
  if (site !== null && site !== "same-origin" && site !== "none") return true
  const origin = headers.get("origin")
  if (origin === null) return false
  const host = headers.get("host") ?? new URL(url).host
  return !URL.canParse(origin) || new URL(origin).host !== host
}

/** The refusal, or undefined where the request may pass. */
export const refusedSite = (request: Request): Response | undefined =>
  reads.has(request.method) || !isFromAnotherSite(request)
    ? undefined
    : Response.json(body("forbidden", "pages of other sites may not do this", "cross_site"), { status: 403 })
