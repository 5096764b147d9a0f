/** `/openapi.json`: the document of the REST surfaces. `/docs`: the same as a page. Both are open, and hold no secret. */
import * as OpenApiDocument from "@galaxy/contract/openapi/OpenApiDocument"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { render } from "./referencePage.ts"

/** Method and path of both, for the 404 and 405 answers of `notFound`. */
export const routes = [
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: "/docs" }
] as const

const securityHeaders = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

/** Serves both. They are made at the first request and kept as text. */
export const reference = Layer.unwrap(
  Effect.gen(function* () {
    const json = yield* Effect.cached(Effect.sync(() => JSON.stringify(OpenApiDocument.make())))
    const page = yield* Effect.cached(Effect.sync(() => render(OpenApiDocument.make())))
    return Layer.mergeAll(
      HttpRouter.add(
        "GET",
        "/openapi.json",
        Effect.map(json, (text) => HttpServerResponse.text(text, { contentType: "application/json" }))
      ),
      HttpRouter.add(
        "GET",
        "/docs",
        Effect.map(page, (text) =>
          HttpServerResponse.text(text, { contentType: "text/html; charset=utf-8", headers: securityHeaders })
        )
      )
    )
  })
)
