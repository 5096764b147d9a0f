/** How a client of the admin surface signs in: name and password with each request. */
import { type Layer, Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { AdminIdentity } from "./Identity.ts"

/** An administrator's name and password. */
export interface AdminCredentials {
  readonly username: string
  readonly password: Redacted.Redacted
}

/** What `HttpApiClient.make(AdminApi, …)` needs to call as this administrator. */
export const layer = ({
  username,
  password
}: AdminCredentials): Layer.Layer<HttpApiMiddleware.ForClient<AdminIdentity>> =>
  HttpApiMiddleware.layerClient(AdminIdentity, ({ request, next }) =>
    next(HttpClientRequest.basicAuth(request, username, Redacted.value(password)))
  )
