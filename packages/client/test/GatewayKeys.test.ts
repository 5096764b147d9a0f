/** Whom a client trusts while the keys of its gateway are rotated. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import { checkResponse } from "@galaxy/client/envelope"
import * as pinnedKey from "@galaxy/client/pinnedKey"
import { type GatewayKey, sha256 } from "@galaxy/client/verify"
import * as KeyEndorsement from "@galaxy/contract/signing/KeyEndorsement"
import { assert, describe, it } from "@effect/vitest"
import { type Clock, Effect } from "effect"

const keyOf = (fill: number) => DeviceKey.fromSeed(new Uint8Array(32).fill(fill))
const [old, next, after, stranger] = [keyOf(1), keyOf(2), keyOf(3), keyOf(4)]
type Key = typeof old

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")

const expiry = 2_000_000
let time = 1_000_000

const endorsed = async (
  by: Key,
  key: Key,
  role: KeyEndorsement.KeyRole,
  more: { readonly until?: number; readonly signer?: Key; readonly signedRole?: KeyEndorsement.KeyRole } = {}
) => {
  const expiresAtMs = more.until ?? expiry
  const fields = { role: more.signedRole ?? role, publicKey: key.publicKey, endorsedBy: by.publicKey }
  const input = KeyEndorsement.signingInput({ ...fields, expiresAtMs: BigInt(expiresAtMs) })
  return {
    public_key: base64(key.publicKey),
    role,
    endorsed_by: base64(by.publicKey),
    expires_at_ms: expiresAtMs,
    endorsement: base64(await (more.signer ?? by).sign(input))
  }
}

/** Both endorsements of a rotation. */
const rotation = async (from: Key, to: Key) => [
  await endorsed(from, to, "successor"),
  await endorsed(to, from, "predecessor")
]

type Endorsed = Awaited<ReturnType<typeof endorsed>>

const text = new TextEncoder().encode("an answer")

/** A client with a pin, at a gateway with these keys. */
const client = async (pinned: Key, current: Key, list: ReadonlyArray<Endorsed>) => {
  time = 1_000_000
  const moves: Array<string> = []
  let asked = 0
  let offset = 0
  const keys = await pinnedKey.make(pinned.publicKey, {
    info: Effect.sync(() => {
      asked++
      return { signingPublicKey: current.publicKey, signingKeys: list }
    }),
    local: { currentTimeMillisUnsafe: () => time } as Clock.Clock,
    clock: { offset: Effect.sync(() => offset) },
    options: { onGatewayKey: (key) => moves.push(base64(key)) }
  })
  return {
    keys,
    moves,
    asked: () => asked,
    /** A time corrects the clock of requests, whoever of them has signed it. */
    takes: async (signer: Key, timeMs?: number) => {
      const isTaken = await keys.verifies(
        text,
        await signer.sign(text),
        timeMs === undefined ? undefined : BigInt(timeMs)
      )
      if (isTaken && timeMs !== undefined) offset = timeMs - time
      return isTaken
    }
  }
}

describe("the keys of a gateway", () => {
  it("are the pinned one alone, and nobody is asked while that signs", async () => {
    const { asked, keys, takes } = await client(old, old, [])
    assert.isTrue(await takes(old))
    assert.strictEqual(asked(), 0)
    assert.isFalse(await takes(stranger))
    assert.isFalse(keys.isUnpublished)
    for (let times = 0; times < 50; times++) assert.isFalse(await takes(stranger))
    assert.strictEqual(asked(), 1)
    assert.isFalse(await keys.verifies(text, new Uint8Array(64)))
  })

  it("move on to the successor once it has signed, and still take the old one until it expires", async () => {
    const { keys, moves, takes } = await client(old, next, await rotation(old, next))
    assert.isTrue(await takes(old))
    assert.deepStrictEqual(keys.publicKey, old.publicKey)
    assert.isTrue(await takes(next))
    assert.deepStrictEqual(keys.publicKey, next.publicKey)
    // Two gateways, one of each key.
    for (const key of [old, next, old]) assert.isTrue(await takes(key))
    assert.deepStrictEqual(keys.publicKey, next.publicKey)
    assert.deepStrictEqual(moves, [base64(next.publicKey)])
    time = expiry - 1
    assert.isTrue(await takes(old))
    time = expiry
    assert.isFalse(await takes(old))
    assert.isTrue(await takes(next))
  })

  it("are both known to a new client of either gateway, which doesn't go back to the old one", async () => {
    const { keys, moves, takes } = await client(next, old, await rotation(old, next))
    assert.isTrue(await takes(old))
    assert.deepStrictEqual(keys.publicKey, next.publicKey)
    assert.deepStrictEqual(moves, [])
  })

  it("follow several rotations at once", async () => {
    const { keys, takes } = await client(old, after, [...(await rotation(next, after)), ...(await rotation(old, next))])
    assert.isTrue(await takes(after))
    assert.deepStrictEqual(keys.publicKey, after.publicKey)
  })

  it("are a stranger's in no case", async () => {
    const refused: ReadonlyArray<ReadonlyArray<Endorsed>> = [
      [],
      [await endorsed(old, next, "successor", { until: 1_000_000 })],
      [await endorsed(old, next, "successor", { signer: next })],
      [await endorsed(old, next, "successor", { signedRole: "predecessor" })],
      [await endorsed(stranger, next, "successor")],
      [{ ...(await endorsed(old, next, "successor")), expires_at_ms: expiry + 1 }],
      [{ ...(await endorsed(old, stranger, "successor")), public_key: base64(next.publicKey) }],
      // It vouches for the pinned key, which anybody can: not the other way round.
      [await endorsed(next, old, "predecessor"), await endorsed(next, old, "successor")],
      [{ ...(await endorsed(old, next, "successor")), role: "cousin" as never }],
      [{ ...(await endorsed(old, next, "successor")), public_key: "AAAA", endorsement: "?" }],
      [{ ...(await endorsed(old, next, "successor")), expires_at_ms: "soon" as never }, null as never, 7 as never],
      [...Array<Endorsed>(8).fill(await endorsed(stranger, old, "successor")), await endorsed(old, next, "successor")]
    ]
    for (const list of refused) {
      const { keys, takes } = await client(old, next, list)
      assert.isFalse(await takes(next), JSON.stringify(list))
      assert.isTrue(keys.isUnpublished)
      assert.deepStrictEqual(keys.publicKey, old.publicKey)
      // It is the pinned key that counts, and it still does.
      assert.isTrue(await takes(old))
      assert.isFalse(keys.isUnpublished)
    }
  })

  it("expire by no time that the expiring one says, but by what the pinned one says", async () => {
    const { takes } = await client(old, next, await rotation(old, next))
    assert.isTrue(await takes(next, 1_000_000))
    // Whoever has the old key turns the time back, again and again.
    time = expiry - 1
    assert.isTrue(await takes(old, 5))
    time = expiry
    assert.isFalse(await takes(old, 5))
    // The local clock is wrong, and the pinned key says so.
    time = 3_000_000
    assert.isTrue(await takes(next, expiry - 20_000))
    assert.isTrue(await takes(old, 5))
    time += 20_000
    assert.isFalse(await takes(old, 5))
    time = 1_000_000
    assert.isTrue(await takes(next, expiry))
    assert.isFalse(await takes(old, 5))
  })

  it("expire by the time of the first pinned key, too, before others are met", async () => {
    const { takes } = await client(next, next, await rotation(old, next))
    assert.isTrue(await takes(next, expiry))
    assert.isFalse(await takes(old, 5))
  })

  it("count for no longer than the key that vouches for them", async () => {
    const list = [
      await endorsed(old, next, "predecessor", { until: 1_500_000 }),
      await endorsed(next, after, "successor", { until: 3_000_000 })
    ]
    const { moves, takes } = await client(old, after, list)
    assert.isTrue(await takes(after))
    assert.deepStrictEqual(moves, [])
    time = 1_500_000
    assert.isFalse(await takes(after))
  })
})

it("a time counts in an answer to a request", async () => {
  const told: Array<bigint | undefined> = []
  const key: GatewayKey = {
    publicKey: old.publicKey,
    isUnpublished: false,
    verifies: async (_message, _signature, timeMs) => {
      told.push(timeMs)
      return true
    }
  }
  const payloadBytes = new Uint8Array(0)
  const signed = { payloadBytes, payloadHash: await sha256(payloadBytes), signature: new Uint8Array(64) }
  const answer = { ...signed, protocolVersion: "v1", requestId: "r-1", timestampMs: 7n, resultCode: "ok" }
  await Effect.runPromise(checkResponse(key, "r-1", answer))
  assert.deepStrictEqual(told, [7n])
})
