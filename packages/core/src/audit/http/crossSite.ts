/** Which requests a page of another site could have sent by a browser that knows the operator's password. */

type Headers = Readonly<Record<string, string | undefined>>

const isJson = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i

const sameOrigin = (origin: string, host: string | undefined): boolean => {
  try {
    return host !== undefined && new URL(origin).host === host.toLowerCase()
  } catch {
    return false
  }
}

/**
 * Whether the request may come from a foreign page: a browser says so, its origin isn't this host, or it has neither a
 * JSON body nor the header `proof`, which a form can't send.
 */
export const isCrossSite = (headers: Headers, proof: string): boolean => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return true
  const origin = headers["origin"]
  if (origin !== undefined && !sameOrigin(origin, headers["host"])) return true
  return headers[proof] === undefined && !isJson.test(headers["content-type"] ?? "")
}
