/** Heads of requests: content types, encodings, methods, paths and versions. */
import { type Cell, encodingHeaders, isFramed } from "../cells.ts"
import type { Expected, Row, Section } from "../Row.ts"

const invalid = { code: "invalid_argument", reason: "invalid_envelope" } as const
const unimplemented: Expected = { code: "unimplemented" }
const isPlain = ({ encoding }: Cell) => encoding === "identity"

const head = (
  what: string,
  headers: (cell: Cell) => Readonly<Record<string, string | ReadonlyArray<string> | undefined>>,
  expect: Row["expect"],
  more: Partial<Row> = {}
): Row => ({
  what,
  in: isPlain,
  send: (cell) => ({ headers: headers(cell) }),
  expect,
  ...more
})

const path = (what: string, change: (usual: string) => string): Row => ({
  what,
  in: isPlain,
  send: () => ({ path: change }),
  expect: unimplemented
})

export const heads: Section = {
  title: "Heads of requests",
  rows: [
    path("a method that the service doesn't have", (usual) => usual.replace(/\w+$/, "Nothing")),
    path("a service that isn't there", () => "/galaxy.gateway.v1.Nothing/ExecuteCommand"),
    path("a path in capitals", (usual) => usual.toUpperCase()),
    head("no content type", () => ({ "content-type": undefined }), {
      code: "http 415",
      headers: { "accept-post": /application\/grpc-web\+proto/ }
    }),
    head("a content type of something else", () => ({ "content-type": "text/plain" }), {
      code: "http 415",
      headers: { "accept-post": /application\/grpc-web\+proto/ }
    }),
    head(
      "a codec that isn't known",
      ({ protocol, rpc }) => ({
        "content-type":
          protocol === "gRPC"
            ? "application/grpc+xml"
            : protocol === "gRPC-Web"
              ? "application/grpc-web+xml"
              : rpc === "stream"
                ? "application/connect+xml"
                : "application/xml"
      }),
      { code: "http 415", headers: { "accept-post": /application\/grpc-web\+proto/ } }
    ),
    head(
      "the content type of the other kind of call",
      (cell) => ({
        "content-type": cell.rpc === "stream" ? `application/${cell.codec}` : `application/connect+${cell.codec}`
      }),
      { code: "http 415", headers: { "accept-post": /application\/grpc-web\+proto/ } },
      { in: (cell) => isPlain(cell) && cell.protocol === "Connect" }
    ),
    ...["GET", "PUT", "DELETE"].map(
      (method): Row => ({
        what: `the HTTP method ${method}`,
        in: isPlain,
        send: () => ({ method, ...(method === "GET" ? { body: () => Buffer.alloc(0) } : {}) }),
        expect: { code: "http 405", headers: { allow: /^POST$/ } }
      })
    ),
    {
      what: "gRPC over HTTP/1.1",
      in: (cell) => cell.protocol === "gRPC" && isPlain(cell),
      on: ({ isHttp2 }) => !isHttp2,
      send: () => ({}),
      expect: { code: "http 505" }
    },
    head(
      "an encoding that isn't known",
      (cell) => ({ [encodingHeaders(cell).sent]: "unheard-of" }),
      (cell) => ({ code: "unimplemented", headers: { [encodingHeaders(cell).accepted]: /\bgzip\b/ } })
    ),
    head("an encoding, twice", (cell) => ({ [encodingHeaders(cell).sent]: ["gzip", "gzip"] }), unimplemented, {
      // Node's client sends no second `content-encoding`.
      in: (cell) => isPlain(cell) && isFramed(cell)
    }),
    head(
      "frames in an encoded body",
      () => ({ "content-encoding": "gzip" }),
      { code: "http 415" },
      { in: (cell) => isPlain(cell) && isFramed(cell) }
    ),
    head("another version of Connect", () => ({ "connect-protocol-version": "2" }), invalid, {
      in: (cell) => isPlain(cell) && cell.protocol === "Connect"
    }),
    head(
      "40 KiB of metadata",
      () => ({ "x-large": "a".repeat(40_000) }),
      (_, { isHttp2 }) => (isHttp2 ? { code: "ok" } : { code: "http 431" })
    ),
    head("100 KiB of metadata", () => ({ "x-large": "a".repeat(100_000) }), { code: "http 431", mayBeCut: true }),
    head("20 KiB of metadata", () => ({ "x-large": "a".repeat(20_000) }), { code: "ok" })
  ]
}
