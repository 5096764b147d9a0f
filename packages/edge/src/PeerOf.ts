/** Who sent a request of the public routes: the connection's address, unless the host knows better. */
import { Context, Option } from "effect"
import type { HttpServerRequest } from "effect/http"
import { plain } from "@galaxy/contract/net/Address"
import type { Peer } from "./Envelope.ts"

/** Hosts that bound clients by address, or trust proxies, provide their own. */
export const PeerOf = Context.Reference<(request: HttpServerRequest.HttpServerRequest) => Peer>("@galaxy/edge/PeerOf", {
  defaultValue: () => (request) => ({ ip: plain(Option.getOrElse(request.remoteAddress, () => "unknown")) })
})
