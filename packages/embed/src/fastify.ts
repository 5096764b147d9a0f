/** A Galaxy inside a Fastify app. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type Fetches, nodeListener, type NodeListenerOptions } from "./node.ts"

/** The part of a Fastify instance that the plugin uses, in version 5. */
export interface FastifyLike {
  readonly prefix: string
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: null) => void) => void
  ): unknown
  all(path: string, handler: (request: { readonly raw: IncomingMessage }, reply: FastifyReplyLike) => unknown): unknown
}

/** The part of a reply that the plugin uses. */
export interface FastifyReplyLike {
  readonly raw: ServerResponse
  hijack(): unknown
}

/**
 * `await app.register(galaxyPlugin(galaxy), { prefix: "/galaxy" })`. It is encapsulated: the app's hooks of the outer
 * scope run, its body parsers don't, since the backend reads bodies itself.
 */
export const galaxyPlugin =
  (galaxy: Fetches, options?: NodeListenerOptions) =>
  async (app: FastifyLike): Promise<void> => {
    const listener = nodeListener(galaxy, options)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser("*", (_request, _payload, done) => done(null))
    app.all("/*", ({ raw }, reply) => {
      reply.hijack()
      raw.url = raw.url?.slice(app.prefix.length)
      listener(raw, reply.raw)
    })
  }
