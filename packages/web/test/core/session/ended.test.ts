/** Why nobody is signed in: the first reason stands, but for the end of the account, which others announce first. */
import type { KeyStore } from "@galaxy/web/core/session/KeyStore"
import * as Session from "@galaxy/web/core/session/Session"
import { expect, it } from "vitest"

const nothing: KeyStore = {
  load: async () => undefined,
  save: async () => undefined,
  clear: async () => undefined,
  position: async () => 0,
  savePosition: async () => undefined
}

it.each([
  [["revoked", "deleted"], "deleted"],
  [["deleted", "revoked"], "deleted"],
  [["chosen", "revoked"], "chosen"],
  [["chosen", "deleted"], "chosen"]
] as const)("after %j the reason is %s", async (reasons, last) => {
  const session = Session.make({ baseUrl: "http://127.0.0.1:9", keys: nothing })
  for (const why of reasons) await session.ended(why)
  expect(session.state.get()).toEqual({ _tag: "out", why: last })
})
