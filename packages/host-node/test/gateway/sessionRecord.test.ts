/** What is read by hand of a session is what the schema reads, and nothing that it refuses. */
import { SessionRecord } from "@galaxy/contract/api/InternalApi"
import { bytesOf, usualSession } from "@galaxy/host-node/gateway/sessionRecord"
import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"

const decode = Schema.decodeUnknownOption(SessionRecord)

const bySchema = (json: unknown) =>
  Option.getOrUndefined(
    Option.map(decode(json), (it) => ({
      userId: it.user_id as string,
      publicKey: bytesOf(it.client_public_key),
      status: it.status
    }))
  )

const record = {
  device_session_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a",
  user_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6b",
  client_public_key: Buffer.alloc(32, 7).toString("base64"),
  status: "active",
  created_at: "2026-01-01T00:00:00.000Z"
}

const values: ReadonlyArray<unknown> = [
  undefined,
  null,
  "",
  "active",
  "revoked",
  "Active",
  0,
  1,
  true,
  [],
  {},
  ["active"],
  "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6c",
  "0190F7A2-6D3E-7C11-9A55-1F2E3D4C5B6C",
  "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6c\n",
  "2026-02-28T23:59:59.999Z",
  "2026-02-31T00:00:00.000Z",
  "2026-13-01T00:00:00.000Z",
  "2026-01-01T24:00:00.000Z",
  "2026-01-01T25:00:00.000Z",
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.000+01:00",
  "2026-01-01",
  "2026-01-01T00:00:00.000Z\n",
  "not base64 at all!"
]

describe("a session read by hand", () => {
  it("is the schema's", () => {
    for (const status of ["active", "revoked"]) {
      for (const more of [{}, { revoked_at: record.created_at }, { another: 1 }]) {
        const json = { ...record, status, ...more }
        assert.isDefined(usualSession(json))
        assert.deepStrictEqual(usualSession(json), bySchema(json))
      }
    }
  })

  it("is never what the schema refuses, whatever stands in one of its fields", () => {
    let taken = 0
    for (const key of [...Object.keys(record), "revoked_at"]) {
      const { [key as keyof typeof record]: _, ...without } = record
      for (const json of [without, ...values.map((value) => ({ ...record, [key]: value }))]) {
        const usual = usualSession(json)
        if (usual === undefined) continue
        taken++
        assert.deepStrictEqual(usual, bySchema(json), JSON.stringify(json))
      }
    }
    assert.isAbove(taken, 10)
    for (const value of values) assert.isUndefined(usualSession(value))
  })
})
