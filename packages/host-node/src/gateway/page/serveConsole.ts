/**
 * The operators' console below `/admin/` on the backend's own address. Its files are open, as the reference pages are;
 * what it shows it asks the admin surface for, with the name and password that the browser asks the operator for.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { LoadedPage } from "./PageFolder.ts"
import { servePage } from "./servePage.ts"

const prefix = "/admin"

/** Serves this build. The handler returns false where the request is for somebody else; then it has done nothing. */
export const serveConsole = (page: LoadedPage) => {
  const serve = servePage(page)
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = "", ...query] = (request.url ?? "").split("?")
    if (path === prefix && (request.method === "GET" || request.method === "HEAD")) {
      response.writeHead(308, { location: `${prefix}/` })
      response.end()
      return true
    }
    if (!path.startsWith(`${prefix}/`)) return false
    const { url } = request
    request.url = [path.slice(prefix.length), ...query].join("?")
    const isServed = serve(request, response)
    if (url !== undefined) request.url = url
    return isServed
  }
}
