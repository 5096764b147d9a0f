/** The server's key that the browser keeps: it follows the pinned one's word, and ends with the session. */
import { Untrusted } from "@galaxy/client/ClientError"
import type { KeyStore, StoredSession } from "@galaxy/web/core/session/KeyStore"
import * as Session from "@galaxy/web/core/session/Session"
import type * as Remote from "@galaxy/web/core/session/remote"
import { Result } from "effect"
import { expect, it } from "vitest"

const key = (fill: number) => new Uint8Array(32).fill(fill)

/** A session that the browser has kept, with a client whose key a test moves. */
const kept = () => {
  const saved: Array<StoredSession> = []
  let cleared = 0
  const stored = { userId: "u", deviceSessionId: "d", handle: {}, gatewayKey: key(1) } as unknown as StoredSession
  const keys: KeyStore = {
    load: async () => stored,
    save: async (session) => void saved.push(session),
    clear: async () => void cleared++,
    position: async () => 0,
    savePosition: async () => undefined
  }
  let move: (publicKey: Uint8Array<ArrayBuffer>) => void = () => undefined
  let presented = key(1)
  const client = { deviceSessionId: "d", gatewayKey: key(1) }
  const remote = {
    reopen: async (_url: string, _kept: StoredSession, moved: typeof move) => {
      move = moved
      return Result.succeed(client)
    },
    presentedKey: async () => Result.succeed(presented)
  } as unknown as typeof Remote
  return {
    session: Session.make({ baseUrl: "http://127.0.0.1:9", keys, load: async () => remote }),
    saved,
    cleared: () => cleared,
    move: (publicKey: Uint8Array<ArrayBuffer>) => move(publicKey),
    present: (publicKey: Uint8Array<ArrayBuffer>) => {
      presented = publicKey
    }
  }
}

it("is kept in place of the one before, with everything else as it was", async () => {
  const { move, saved, session } = kept()
  await session.start()
  move(key(2))
  move(key(3))
  expect(saved.map((it) => it.gatewayKey)).toEqual([key(2), key(3)])
  expect(saved[1]).toMatchObject({ userId: "u", deviceSessionId: "d" })
})

it("isn't kept after the session has ended", async () => {
  const { cleared, move, saved, session } = kept()
  await session.start()
  await session.ended("revoked")
  move(key(2))
  expect([saved.length, cleared()]).toEqual([0, 1])
})

it("raises another alarm when the server has changed it than when an answer was altered", async () => {
  const { present, session } = kept()
  await session.start()
  await session.distrust(new Untrusted({ message: "no" }))
  expect(session.alarm.get()).toEqual({ _tag: "altered" })
  present(key(7))
  // While keys are rotated the server may present another one, and yet an answer was altered.
  await session.distrust(new Untrusted({ message: "no" }))
  expect(session.alarm.get()).toEqual({ _tag: "altered" })
  await session.distrust(new Untrusted({ message: "no", reason: "key_not_published" }))
  expect(session.alarm.get()).toEqual({
    _tag: "otherServer",
    pinned: "0101 0101 0101 0101",
    presented: "0707 0707 0707 0707"
  })
})
