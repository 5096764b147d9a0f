/** Who is signed in, and why nobody is: the first reason stands, but for the end of the account, which others announce first. */
import { Unavailable } from "@galaxy/client/ClientError"
import type { KeyStore } from "@galaxy/web/core/session/KeyStore"
import * as Session from "@galaxy/web/core/session/Session"
import * as remote from "@galaxy/web/core/session/remote"
import { Result } from "effect"
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

it("ends in all tabs though the browser can't forget the key, and tells of it", async () => {
  const told: Array<string> = []
  const session = Session.make({
    baseUrl: "http://127.0.0.1:9",
    keys: { ...nothing, clear: () => Promise.reject(new Error("the disk is full")) },
    onEnded: (why) => told.push(why),
    onNotForgotten: () => told.push("not forgotten")
  })
  await session.ended("revoked")
  expect(told).toEqual(["not forgotten", "revoked"])
  expect(session.state.get()).toEqual({ _tag: "out", why: "revoked" })
})

it("signs nobody out where a part can't be loaded", async () => {
  const kept = { userId: "u", deviceSessionId: "d", handle: {}, gatewayKey: new Uint8Array(32) } as never
  const failed = new Unavailable({ message: "a part of this page can't be loaded" })
  for (const load of [
    () => Promise.reject(failed),
    async () => ({ ...remote, reopen: async () => Result.fail(failed) })
  ]) {
    const keys = { ...nothing, load: async () => kept }
    const session = Session.make({ baseUrl: "http://127.0.0.1:9", keys, load })
    await expect(session.start()).rejects.toBe(failed)
    expect(session.state.get()).toEqual({ _tag: "loading" })
  }
})
