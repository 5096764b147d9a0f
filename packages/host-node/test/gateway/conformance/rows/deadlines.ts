/** Deadlines, and calls that are given up: the backend's call ends with them. */
import { type Cell, deadlineOf } from "../cells.ts"
import type { Change, Row, Section } from "../Row.ts"
import type { Stand } from "../stand.ts"

const invalid = { code: "invalid_argument", reason: "invalid_envelope" } as const
const isPlain = ({ encoding }: Cell) => encoding === "identity"
const isUnary = ({ rpc }: Cell) => rpc === "unary"

/** A request that hangs in the backend, and must be given up there. */
const hanging = (stand: Stand, change: (began: Promise<void>) => Change): Change => {
  const requestId = `hang-${globalThis.crypto.randomUUID()}`
  const { began, ended } = stand.hanging.expect(requestId)
  let hasBegun = false
  void began.then(() => {
    hasBegun = true
  })
  // On a busy machine its deadline may have passed before the backend was asked.
  return { wish: { requestId }, meanwhile: () => (hasBegun ? ended : Promise.resolve()), ...change(began) }
}

const malformed = (
  what: string,
  connect: string | ReadonlyArray<string>,
  grpc: string | ReadonlyArray<string>
): Row => ({
  what,
  in: isPlain,
  send: ({ protocol }) => ({
    headers: protocol === "Connect" ? { "connect-timeout-ms": connect } : { "grpc-timeout": grpc }
  }),
  expect: invalid
})

export const deadlines: Section = {
  title: "Deadlines and cancellation",
  rows: [
    {
      what: "a deadline that passes while the backend is at work",
      in: isUnary,
      send: (cell, stand) => hanging(stand, () => ({ headers: deadlineOf(cell, 150) })),
      expect: { code: "deadline_exceeded" }
    },
    {
      what: "a deadline that passes within a stream",
      in: (cell) => cell.rpc === "stream" && isPlain(cell),
      // Streams of one session are bounded.
      send: (cell, stand) => ({
        wish: { deviceSessionId: stand.newSession() },
        headers: deadlineOf(cell, 250),
        leaves: () => false
      }),
      expect: { code: "deadline_exceeded" }
    },
    {
      what: "a request that isn't complete at its deadline",
      in: (cell) => isPlain(cell) && isUnary(cell),
      send: (cell) => ({ headers: deadlineOf(cell, 150), body: (usual) => usual.subarray(0, -1), staysOpen: true }),
      expect: { code: "deadline_exceeded" }
    },
    {
      what: "a whole message, but the request isn't ended by its deadline",
      in: isPlain,
      send: (cell, stand) => ({
        wish: { deviceSessionId: stand.newSession() },
        headers: deadlineOf(cell, 150),
        leaves: () => false,
        staysOpen: true
      }),
      expect: { code: "deadline_exceeded" }
    },
    {
      what: "a deadline of nothing",
      in: isPlain,
      send: (cell, stand) => ({
        wish: { deviceSessionId: stand.newSession() },
        headers: deadlineOf(cell, 0),
        leaves: () => false
      }),
      expect: { code: "deadline_exceeded" }
    },
    malformed("a deadline that isn't a number", "soon", "soon"),
    malformed("a deadline below zero", "-1", "-1m"),
    malformed("a deadline with too many digits", "12345678901", "123456789m"),
    malformed("a deadline with a fraction", "1.5", "1.5S"),
    malformed("an empty deadline", "", ""),
    malformed("two deadlines", ["1000", "2000"], ["1S", "2S"]),
    {
      what: "a client that goes away",
      in: isUnary,
      send: (_, stand) => hanging(stand, (began) => ({ goes: began })),
      expect: { code: "ok", mayBeCut: true }
    }
  ]
}
