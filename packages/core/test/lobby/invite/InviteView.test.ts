import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import type { StoredInvite } from "@galaxy/core/lobby/invite/InviteStore"
import { shown } from "@galaxy/core/lobby/invite/InviteView"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"

const id = (last: number) => `00000000-0000-7000-8000-00000000000${last}`
const issuer = UserId.make(id(1))
const other = UserId.make(id(2))
const created = DateTime.makeUnsafe("2026-01-01T00:00:00Z")
const expires = DateTime.makeUnsafe("2026-01-08T00:00:00Z")

const invite: StoredInvite = {
  invite_id: InviteId.make(id(3)),
  game_id: GameId.make(id(4)),
  issuer_user_id: issuer,
  code: "c0de",
  status: "pending",
  expires_at: expires,
  created_at: created,
  game_name: "Orion Arm",
  issuer_name: "Ada",
  turn_schedule: "0 18 * * *",
  time_zone: "UTC",
  members: 1,
  max_players: 4
}

describe("what is shown of an invite", () => {
  it("has the code for its issuer and for nobody else", () => {
    assert.strictEqual(shown(invite, issuer, created).code, "c0de")
    assert.isFalse("code" in shown(invite, other, created))
  })

  it("is expired from its last moment on, if it was still open", () => {
    const before = DateTime.subtractDuration(expires, 1)
    assert.strictEqual(shown(invite, issuer, before).status, "pending")
    assert.strictEqual(shown(invite, issuer, expires).status, "expired")
    assert.strictEqual(shown({ ...invite, status: "redeemed" }, issuer, expires).status, "redeemed")
  })
})
