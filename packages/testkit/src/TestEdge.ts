/** Devices with keys, a backend in memory, and the edge's services around them on Node's own cryptography. */
import { BackendClient, type SessionIdentity } from "@galaxy/edge/BackendClient"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import * as Budgets from "@galaxy/edge/Budgets"
import * as EdgeSettings from "@galaxy/edge/EdgeSettings"
import type { Envelope } from "@galaxy/edge/Envelope"
import type { BackendUnavailable } from "@galaxy/edge/Refusal"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as SessionCache from "@galaxy/edge/SessionCache"
import * as Verifier from "@galaxy/edge/Verifier"
import * as NodeEdgeCrypto from "@galaxy/host-node/gateway/NodeEdgeCrypto"
import { Effect, Layer, Option, Redacted } from "effect"
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"

const gatewaySeed = new Uint8Array(32).fill(9)
/** The gateway's cryptography on Node, with a signing key that is the same in every run. */
export const crypto = NodeEdgeCrypto.layer({ signingSeed: Redacted.make(gatewaySeed) })

/** The client's address in tests, from a range reserved for documentation (RFC 5737). */
export const peer = { ip: "192.0.2.1" }

/** The time at which envelopes are made, in Unix milliseconds. */
export const now = 1_767_225_600_000

/** A player's device with its session. `publicKey` is the raw 32-byte Ed25519 key. */
export interface Device {
  readonly deviceSessionId: string
  readonly userId: string
  readonly key: KeyObject
  readonly publicKey: Uint8Array
}

const uuid = (kind: string, number: number) => `${kind}-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

/** The device with this number, always with the same ids and key. */
export const device = (number: number): Device => {
  const seed = createHash("sha256").update(`device ${number}`).digest()
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
    format: "der",
    type: "pkcs8"
  })
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32))
  return { deviceSessionId: uuid("0190f7a2", number), userId: uuid("0190f7a3", number), key, publicKey }
}

/** The hash that belongs into `payloadHash`. */
export const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())

/** The envelope with the device's signature over the request signing input (wire.md, section 1). */
export const signed = (by: Device, envelope: Envelope): Envelope => ({
  ...envelope,
  signature: new Uint8Array(sign(null, SigningInput.request(envelope), by.key))
})

/** A request as the device would make it; `fields` replace its usual values before it is signed. */
export const envelopeOf = (by: Device, fields: Partial<Envelope> = {}): Envelope => {
  const payloadBytes = fields.payloadBytes ?? new Uint8Array()
  return signed(by, {
    protocolVersion: "v1",
    deviceSessionId: by.deviceSessionId,
    messageType: "user.account.get",
    timestampMs: BigInt(now),
    requestId: "request-1",
    payloadBytes,
    payloadHash: sha256(payloadBytes),
    signature: new Uint8Array(64),
    traceId: "",
    ...fields
  })
}

/**
 * A backend that knows sessions only. `answer` may be replaced, to fail or to make a lookup wait; `asked` lists the
 * lookups.
 */
export class Backend {
  readonly sessions = new Map<string, SessionIdentity>()
  readonly asked: Array<string> = []
  answer: (deviceSessionId: string) => Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable> = (id) =>
    Effect.sync(() => Option.fromUndefinedOr(this.sessions.get(id)))

  constructor(...devices: ReadonlyArray<Device>) {
    for (const it of devices) this.add(it)
  }

  add(it: Device, status: SessionIdentity["status"] = "active") {
    this.sessions.set(it.deviceSessionId, { userId: it.userId, publicKey: it.publicKey, status })
  }

  readonly layer = Layer.sync(BackendClient, () =>
    BackendClient.of({
      session: (id) =>
        Effect.suspend(() => {
          this.asked.push(id)
          return this.answer(id)
        }),
      forward: () => {
        throw new Error("no call is forwarded here")
      },
      public: () => Effect.die("no public call is made here"),
      events: () => Effect.die("no events are read here"),
      ready: Effect.void
    })
  )
}

/** Rates that no test reaches by chance. */
export const generous: Budgets.BudgetOptions = {
  ip: { burst: 1e9, perSecond: 1e9 },
  session: { burst: 1e9, perSecond: 1e9 },
  user: { burst: 1e9, perSecond: 1e9 },
  messageType: { burst: 1e9, perSecond: 1e9 },
  messageTypes: {},
  failuresIp: { burst: 1e9, perSecond: 1e9 },
  failuresUser: { burst: 1e9, perSecond: 1e9 },
  repeats: { burst: 1e9, perSecond: 1e9 },
  reservations: { burst: 1e9, perSecond: 1e9 },
  publicIp: { burst: 1e9, perSecond: 1e9 },
  publicIdentity: { burst: 1e9, perSecond: 1e9 },
  capacity: 100_000
}

/** The verifier and all it needs; `parts` replace the usual settings. */
export const verifier = (
  backend: Backend,
  parts: {
    readonly budgets?: Partial<Budgets.BudgetOptions>
    readonly settings?: Partial<EdgeSettings.EdgeSettingsShape>
    readonly replay?: Layer.Layer<ReplayStore.ReplayStore>
  } = {}
) =>
  Verifier.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        SessionCache.layer().pipe(Layer.provide(backend.layer)),
        crypto,
        parts.replay ?? ReplayStore.layerMemory(),
        Budgets.layer({ ...generous, ...parts.budgets }),
        EdgeSettings.layer(parts.settings)
      )
    )
  )
