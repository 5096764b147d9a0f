/**
 * Answers a browser: with a file of the build where the path is exactly one, and with the shell at every address that a
 * screen may have. Whatever else is asked for is not ours, and reaches the REST routes.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import { encodingFor, hasAlready, opensAddress } from "./negotiate.ts"
import type { LoadedFile, LoadedPage } from "./PageFolder.ts"

const forever = "public, max-age=31536000, immutable"

/** Paths that belong to programs, whatever they accept. */
const isOfPrograms = (path: string): boolean =>
  path === "/healthz" || path === "/readyz" || path === "/api" || path.startsWith("/api/")

const tagSuffixes = { identity: "", br: "-br", gzip: "-gz" } as const

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  file: LoadedFile,
  common: OutgoingHttpHeaders,
  vary: ReadonlyArray<string>
): void => {
  const { forms, hash, immutable, type } = file
  const varies = [...vary, ...(forms.br === undefined && forms.gzip === undefined ? [] : ["accept-encoding"])]
  const encoding = encodingFor(request.headers["accept-encoding"], forms)
  const content = forms[encoding] ?? forms.identity
  const tag = `"${hash}${tagSuffixes[encoding]}"`
  const headers: OutgoingHttpHeaders = {
    ...common,
    etag: tag,
    "cache-control": immutable ? forever : "no-cache",
    ...(varies.length === 0 ? {} : { vary: varies.join(", ") })
  }
  if (hasAlready(request.headers["if-none-match"], tag)) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(200, {
    ...headers,
    "content-type": type,
    "content-length": content.length,
    ...(encoding === "identity" ? {} : { "content-encoding": encoding })
  })
  response.end(request.method === "HEAD" ? undefined : content)
}

/** Serves this build. The handler returns false where the request is for somebody else; then it has done nothing. */
export const servePage = ({ contentSecurityPolicy, files, shell }: LoadedPage) => {
  const common: OutgoingHttpHeaders = {
    "content-security-policy": contentSecurityPolicy,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff"
  }
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== "GET" && request.method !== "HEAD") return false
    const path = (request.url ?? "").split("?", 1)[0] ?? ""
    if (!path.startsWith("/") || isOfPrograms(path)) return false
    const file = files.get(path)
    if (file !== undefined) {
      send(request, response, file, common, [])
      return true
    }
    const isScreen =
      path === "/" || (!path.includes(".") && !path.startsWith("/_app/") && opensAddress(request.headers["accept"]))
    if (isScreen) send(request, response, shell, common, ["accept"])
    return isScreen
  }
}
