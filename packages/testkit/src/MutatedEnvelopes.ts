/** Envelopes that differ from what a device signed, and what may be said to them. */
import type { Envelope } from "@galaxy/edge/Envelope"
import type { SeededRandom } from "./SeededRandom.ts"
import { device, envelopeOf, sha256, signed } from "./TestEdge.ts"

/** Sixteen devices with a session each. */
export const devices = Array.from({ length: 16 }, (_, number) => device(number))
/** One whose session is not known to the gateway. */
export const stranger = device(1_000)
/** One whose session is revoked. */
export const former = device(1_001)

const commands = ["user.account.get", "user.games.order", "lobby.my.games", "user.games.report"]

/** What they have signed at this time, in Unix milliseconds; request ids begin with the tag. */
export const originalsAt = (time: number, tag: string, messageTypes = commands): ReadonlyArray<Envelope> =>
  devices.flatMap((by, number) =>
    messageTypes.map((messageType, index) =>
      envelopeOf(by, {
        messageType,
        requestId: `${tag}-${number}-${index}`,
        timestampMs: BigInt(time - number * 100 - index),
        payloadBytes: new Uint8Array((number * 7 + index) % 50).fill(number)
      })
    )
  )

const textFields = ["protocolVersion", "deviceSessionId", "messageType", "requestId"] as const
const bytesFields = ["payloadBytes", "payloadHash", "signature"] as const

const sameBytes = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0

/** Whether two have the same fields. The trace id isn't signed, so it doesn't count. */
export const same = (left: Envelope, right: Envelope) =>
  textFields.every((it) => left[it] === right[it]) &&
  left.timestampMs === right.timestampMs &&
  bytesFields.every((it) => sameBytes(left[it], right[it]))

const letters = ["a", "b", "Z", "0", "9", "-", "_", ".", "~", "/", " ", "\u0000", "é", "😀"]

const otherText = (random: SeededRandom, text: string): string => {
  const at = random.below(text.length + 1)
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(at)
    case 2:
      return text.slice(0, at) + random.pick(letters) + text.slice(at)
    case 3:
      return text.slice(0, at) + random.pick(letters) + text.slice(at + 1)
    case 4:
      return text.toUpperCase()
    case 5:
      return text + text
    default:
      return ""
  }
}

const otherBytes = (random: SeededRandom, bytes: Uint8Array): Uint8Array => {
  const flipped = Uint8Array.from(bytes)
  const at = random.below(bytes.length)
  switch (random.below(8)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return Uint8Array.from([...bytes, ...random.bytes(1 + random.below(8))])
    case 2:
      return random.bytes(bytes.length)
    case 3:
      return new Uint8Array(bytes.length)
    default:
      if (bytes.length > 0) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8))
      return flipped
  }
}

/** S + L: equal to S for a verifier that doesn't ask for the least residue. */
const malleated = (signature: Uint8Array): Uint8Array => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  let scalar = BigInt(`0x${Buffer.from(signature.slice(32).toReversed()).toString("hex")}`) + order
  return Uint8Array.from(signature, (byte, index) => {
    if (index < 32) return byte
    const low = Number(scalar & 0xffn)
    scalar >>= 8n
    return low
  })
}

const otherTime = (random: SeededRandom, time: bigint): bigint =>
  random.pick([
    time + 1n,
    time - 1n,
    time + BigInt(random.below(10_000)),
    time - BigInt(random.below(50_000)),
    time ^ (1n << BigInt(random.below(63))),
    -time,
    0n,
    2n ** 63n - 1n,
    -(2n ** 63n)
  ])

const swapped = (random: SeededRandom, one: Envelope, other: Envelope): Envelope => {
  const of = () => (random.below(2) === 0 ? other : one)
  return {
    protocolVersion: of().protocolVersion,
    deviceSessionId: of().deviceSessionId,
    messageType: of().messageType,
    timestampMs: of().timestampMs,
    requestId: of().requestId,
    payloadBytes: of().payloadBytes,
    payloadHash: of().payloadHash,
    signature: of().signature,
    traceId: one.traceId
  }
}

/** Moves letters over the border of two neighbours in the signing input. */
const shifted = (random: SeededRandom, one: Envelope): Envelope => {
  const left = random.below(textFields.length - 1)
  const [first = "messageType", second = "requestId"] = textFields.slice(left)
  const count = 1 + random.below(3)
  return { ...one, [first]: one[first].slice(0, -count), [second]: one[first].slice(-count) + one[second] }
}

/** One of them, changed in one of fourteen ways; it may be equal to another of them. */
export const mutant = (
  random: SeededRandom,
  one: Envelope,
  originals: ReadonlyArray<Envelope>
): readonly [what: string, Envelope] => {
  const other = random.pick(originals)
  const another = random.pick(devices)
  const payloadBytes = otherBytes(random, one.payloadBytes)
  switch (random.below(14)) {
    case 0:
    case 1: {
      const field = random.pick(textFields)
      return [`text of ${field}`, { ...one, [field]: otherText(random, one[field]) }]
    }
    case 2:
    case 3:
    case 4: {
      const field = random.pick(bytesFields)
      return [`bytes of ${field}`, { ...one, [field]: otherBytes(random, one[field]) }]
    }
    case 5:
      return ["time", { ...one, timestampMs: otherTime(random, one.timestampMs) }]
    case 6:
      return ["fields of two envelopes", swapped(random, one, other)]
    case 7:
      return ["another payload with its own hash", { ...one, payloadBytes, payloadHash: sha256(payloadBytes) }]
    case 8:
      return ["the signature of another session", signedBy(one, another)]
    case 9:
      return ["another session", { ...one, deviceSessionId: another.deviceSessionId }]
    case 10:
      return ["letters moved to the next field", shifted(random, one)]
    case 11:
      return ["a signature that isn't reduced", { ...one, signature: malleated(one.signature) }]
    case 12: {
      const by = random.pick([stranger, former])
      return ["no active session", signed(by, { ...one, deviceSessionId: by.deviceSessionId })]
    }
    default: {
      const field = random.pick(["messageType", "requestId"] as const)
      return [`${field} of another`, { ...one, [field]: other[field] }]
    }
  }
}

const signedBy = (one: Envelope, by: (typeof devices)[number]): Envelope =>
  by.deviceSessionId === one.deviceSessionId ? one : signed(by, one)

/** Refusals that come before anything is reserved, counted or run. */
export const early = new Set([
  "invalid_envelope",
  "unsupported_protocol_version",
  "session_unknown",
  "session_revoked",
  "payload_hash_mismatch",
  "invalid_signature"
])
