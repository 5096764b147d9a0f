/** Who sent a request of the public routes: the connection's address, unless the host knows better. */
import { Context, Option } from "effect"
import type { HttpServerRequest } from "effect/http"
import { plain } from "./address.ts"
import type { Peer } from "./Envelope.ts"

/** A host that takes bounds by address into account, or the word of trusted proxies, brings its own. */
export const PeerOf = Context.Reference<(request: HttpServerRequest.HttpServerRequest) => Peer>("@galaxy/edge/PeerOf", {
  defaultValue: () => (request) => ({ ip: plain(Option.getOrElse(request.remoteAddress, () => "unknown")) })
})
