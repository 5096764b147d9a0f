/** Calls that succeed, in all that the protocols leave to a client. */
import { brotliCompressSync } from "node:zlib"
import { type Cell, deadlineOf, encodingHeaders, frame, isFramed } from "../cells.ts"
import { framesIn } from "../reading.ts"
import type { Row, Section } from "../Row.ts"
import { maxPayloadBytes } from "../stand.ts"

const isUnary = ({ rpc }: Cell) => rpc === "unary"
const isPlain = ({ encoding }: Cell) => encoding === "identity"
const ok = { code: "ok" } as const

const row = (what: string, more: Omit<Row, "what" | "expect"> & Partial<Row>): Row => ({ what, expect: ok, ...more })

/** Field 200 of three thousand bytes, which no version of the contract has. */
const unknownField = Buffer.concat([Buffer.of(0xc2, 0x0c, 0xb8, 0x17), Buffer.alloc(3_000)])

const bytewise = (body: Uint8Array) => Array.from(body, (byte) => Uint8Array.of(byte))

export const sound: Section = {
  title: "Calls that succeed",
  rows: [
    row("a signed request", { send: () => ({}) }),
    row("a business error: a signed answer with its code", {
      in: isUnary,
      send: () => ({ wish: { requestId: `conflict-${globalThis.crypto.randomUUID()}` } }),
      expect: { code: "ok", result: "conflict" }
    }),
    row("a payload of exactly the bound", {
      in: isUnary,
      send: () => ({ wish: { payload: new Uint8Array(maxPayloadBytes) } }),
      // It is no table: it got as far as being read.
      expect: { code: "ok", result: "invalid_request" }
    }),
    row("an answer that is large, to a client that takes gzip", {
      in: isUnary,
      send: (cell) => ({
        wish: { requestId: `large-${globalThis.crypto.randomUUID()}` },
        headers: { [encodingHeaders(cell).accepted]: "unheard-of, gzip" }
      }),
      expect: { code: "ok", compressed: true }
    }),
    row("an answer that is large, to a client that takes only unknown encodings", {
      in: isUnary,
      send: (cell) => ({
        wish: { requestId: `large-${globalThis.crypto.randomUUID()}` },
        headers: { [encodingHeaders(cell).accepted]: "unheard-of" }
      }),
      expect: { code: "ok", compressed: false }
    }),
    row("an answer that is small isn't compressed", {
      in: isUnary,
      send: (cell) => ({ headers: { [encodingHeaders(cell).accepted]: "gzip" } }),
      expect: { code: "ok", compressed: false }
    }),
    row("a message that isn't compressed, although an encoding is named", {
      in: (cell) => isFramed(cell) && isPlain(cell),
      send: (cell) => ({ headers: { [encodingHeaders(cell).sent]: "gzip" } })
    }),
    row("an encoding of `identity`", {
      in: isPlain,
      send: (cell) => ({ headers: { [encodingHeaders(cell).sent]: "identity" } })
    }),
    row("a body whose length isn't said", {
      on: ({ isHttp2 }) => !isHttp2,
      in: ({ protocol }) => protocol !== "gRPC",
      send: () => ({ headers: { "transfer-encoding": "chunked" } })
    }),
    row("a message in Brotli", {
      in: isPlain,
      send: (cell) => ({
        headers: { [encodingHeaders(cell).sent]: "br", [encodingHeaders(cell).accepted]: "identity" },
        body: (usual) => (isFramed(cell) ? frame(brotliCompressSync(usual.subarray(5)), 1) : brotliCompressSync(usual))
      })
    }),
    row("a body of single bytes", { in: isPlain, send: () => ({ parts: bytewise }) }),
    row("fields that the contract doesn't have are skipped", {
      send: ({ codec }) => ({
        message: (usual) =>
          codec === "proto"
            ? Buffer.concat([usual, unknownField])
            : Buffer.from(`{"unheardOf":[1,{"a":null}],${Buffer.from(usual).toString("utf8").slice(1)}`)
      })
    }),
    row("a content type without a codec is protobuf", {
      in: ({ codec, protocol }) => protocol !== "Connect" && codec === "proto",
      send: ({ protocol }) => ({
        headers: { "content-type": protocol === "gRPC" ? "application/grpc" : "application/grpc-web" }
      })
    }),
    row("JSON with its character set", {
      in: (cell) => cell.codec === "json" && !isFramed(cell),
      send: () => ({ headers: { "content-type": "application/json; charset=utf-8" } })
    }),
    row("gRPC without `te`", {
      in: ({ protocol }) => protocol === "gRPC",
      send: () => ({ headers: { te: undefined } })
    }),
    row("Connect without its version", {
      in: ({ protocol }) => protocol === "Connect",
      send: () => ({ headers: { "connect-protocol-version": undefined } })
    }),
    row("metadata, some of it twice", {
      in: isPlain,
      send: () => ({
        headers: { "x-one": ["1", "2"], "x-two-bin": ["AAE", "Ag=="], traceparent: ["00-a", "00-b"], "user-agent": "x" }
      })
    }),
    row("a deadline far away", { in: isPlain, send: (cell) => ({ headers: deadlineOf(cell, 60_000) }) }),
    row("the longest deadline that can be written", {
      in: isPlain,
      send: ({ protocol }) => ({
        headers: protocol === "Connect" ? { "connect-timeout-ms": "9999999999" } : { "grpc-timeout": "99999999H" }
      })
    }),
    row("a query behind the path", { in: isPlain, send: () => ({ path: (usual) => `${usual}?a=b` }) }),
    row("an event comes as its own message", {
      in: ({ rpc }) => rpc === "stream",
      send: (_, stand) => {
        const deviceSessionId = stand.newSession()
        let seen = 0
        return {
          wish: { deviceSessionId },
          leaves: (body) => {
            const count = framesIn(body, true).length
            if (count > seen && (seen = count) === 1) stand.happens(deviceSessionId)
            return count === 2
          }
        }
      }
    })
  ]
}
