/** The table of refusals of the wire contract, line by line. */
import { createHash } from "node:crypto"
import { deviceKey, revokedId, sessionId, unknownId, type Wish } from "../../fixture.ts"
import { framesIn } from "../reading.ts"
import type { Expected, Row, Section } from "../Row.ts"
import { maxPayloadBytes } from "../stand.ts"

const refused = (what: string, wish: () => Wish, expect: Expected, more: Partial<Row> = {}): Row => ({
  what,
  send: () => ({ wish: wish() }),
  expect,
  ...more
})

const invalid = { code: "invalid_argument", reason: "invalid_envelope" } as const
const stale = {
  code: "failed_precondition",
  reason: "stale_request",
  metadata: ["server_time_ms", "server_time_signature"]
} as const
const bytes = (size: number) => new Uint8Array(size)
const unique = (word: string) => `${word}-${globalThis.crypto.randomUUID()}`
/** Where a field is looked at, encodings have long been undone. */
const isPlain: Row["in"] = ({ encoding }) => encoding === "identity"
const isUnary: Row["in"] = ({ rpc }) => rpc === "unary"

const limited = { code: "resource_exhausted", reason: "rate_limited", retryMs: [900_000, 1_001_000] } as const

export const refusals: Section = {
  title: "Refusals of the wire contract",
  rows: [
    {
      what: "an address with too many failed verifications",
      grant: "one failure",
      send: () => ({ first: { wish: { signer: deviceKey(2) } } }),
      expect: limited
    },
    refused("no protocol version", () => ({ protocolVersion: "" }), invalid, { in: isPlain }),
    refused("a session id in capitals", () => ({ deviceSessionId: sessionId.toUpperCase() }), invalid, { in: isPlain }),
    refused("a message type with a blank", () => ({ messageType: "user.account get" }), invalid, { in: isPlain }),
    refused("a message type of 65 characters", () => ({ messageType: "a".repeat(65) }), invalid, { in: isPlain }),
    refused("a request id with a dot", () => ({ requestId: "a.b" }), invalid, { in: isPlain }),
    refused("a request id of 65 characters", () => ({ requestId: "a".repeat(65) }), invalid, { in: isPlain }),
    refused("a hash of 31 bytes", () => ({ sent: { payloadHash: bytes(31) } }), invalid, { in: isPlain }),
    refused("a signature of 65 bytes", () => ({ sent: { signature: bytes(65) } }), invalid, { in: isPlain }),
    refused("a payload of one byte above the bound", () => ({ payload: bytes(maxPayloadBytes + 1) }), invalid),
    {
      what: "a subscription to something else",
      in: ({ rpc }) => rpc === "stream",
      send: () => ({ wish: { messageType: "user.account.get" } }),
      expect: invalid
    },
    refused("another protocol version", () => ({ protocolVersion: "v2" }), {
      code: "failed_precondition",
      reason: "unsupported_protocol_version"
    }),
    refused("an unknown session", () => ({ deviceSessionId: unknownId }), {
      code: "unauthenticated",
      reason: "session_unknown"
    }),
    refused("a revoked session", () => ({ deviceSessionId: revokedId }), {
      code: "unauthenticated",
      reason: "session_revoked"
    }),
    refused("another payload than was hashed", () => ({ payload: bytes(3), sent: { payloadBytes: bytes(4) } }), {
      code: "invalid_argument",
      reason: "payload_hash_mismatch"
    }),
    refused("a signature of another key", () => ({ signer: deviceKey(2) }), {
      code: "unauthenticated",
      reason: "invalid_signature"
    }),
    refused(
      "another payload, hashed but not signed",
      () => ({ sent: { payloadBytes: bytes(2), payloadHash: createHash("sha256").update(bytes(2)).digest() } }),
      { code: "unauthenticated", reason: "invalid_signature" }
    ),
    refused("a timestamp of 61 s ago", () => ({ timestampMs: BigInt(Date.now() - 61_000) }), stale),
    refused("a timestamp 30 s ahead", () => ({ timestampMs: BigInt(Date.now() + 30_000) }), stale),
    refused("the least timestamp", () => ({ timestampMs: -(2n ** 63n) }), stale),
    {
      what: "the same request again",
      send: () => ({ times: 2, wish: { requestId: unique("again") } }),
      expect: { code: "failed_precondition", reason: "replayed_request" }
    },
    {
      what: "a session that is over its budget",
      grant: "one call",
      send: (_, stand) => {
        const deviceSessionId = stand.newSession()
        return { first: { wish: { deviceSessionId } }, wish: { deviceSessionId } }
      },
      expect: limited
    },
    refused(
      "a message type without a route",
      () => ({ messageType: "lobby.games.sell" }),
      { code: "unimplemented", reason: "unsupported_message_type" },
      { in: isUnary }
    ),
    ...["down", "broken", "nonsense"].map((word) =>
      refused(
        {
          down: "a backend that can't be reached",
          broken: "a backend that fails",
          nonsense: "a backend whose answer doesn't fit"
        }[word] ?? word,
        () => ({ requestId: unique(word) }),
        { code: "unavailable", reason: "backend_unavailable" },
        { in: isUnary }
      )
    ),
    refused("a replay store that can't be reached", () => ({ requestId: unique("away") }), {
      code: "unavailable",
      reason: "replay_store_unavailable"
    }),
    refused("a replay store that has lost reservations", () => ({ requestId: unique("lost") }), {
      code: "unavailable",
      reason: "replay_store_unavailable",
      retryMs: [9_251, 9_251]
    }),
    {
      what: "a stream whose session is revoked",
      in: ({ rpc }) => rpc === "stream",
      send: (_, stand) => {
        const deviceSessionId = stand.newSession()
        let begun = false
        return {
          wish: { deviceSessionId },
          leaves: (body) => {
            if (!begun && framesIn(body, true).length > 0) {
              begun = true
              stand.revoke(deviceSessionId)
            }
            return false
          }
        }
      },
      expect: { code: "failed_precondition", reason: "session_revoked" }
    }
  ]
}
