/** The list of games that a device keeps. */
import { GameList } from "@galaxy/contract/api/UserLobby"
import * as KeptGames from "@galaxy/web/core/lobby/KeptGames"
import * as Lobby from "@galaxy/web/core/lobby/Lobby"
import { Schema } from "effect"
import { expect, it } from "vitest"
import { caller, game, lost } from "./server.ts"

const settle = () => new Promise((done) => setImmediate(done))

const games = [
  game({ game_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a", owner_user_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6b" })
]

/** As a browser's storage, which keeps no classes. */
const shelf = (kept?: unknown) => {
  const place = {
    kept,
    now: () => 1_000,
    load: async () => place.kept,
    save: async (value: unknown) => {
      place.kept = structuredClone(value)
    }
  }
  return place
}

const whole = (created: string) =>
  Schema.decodeUnknownSync(GameList)({
    games: games.map((it) => ({ ...it, created_at: created, updated_at: created }))
  }).games

it("shows what it had where the server can't be asked, and the server's list once it can", async () => {
  const place = shelf()
  await KeptGames.save(place, whole("2026-11-30T10:00:00.000Z"))
  expect(place.kept).toBeDefined()
  let isLost = true
  const { me } = caller(() => (isLost ? lost : { games: [] }))
  const { mine } = Lobby.make(me, place)
  await mine.load()
  await settle()
  expect(mine.state.get()).toMatchObject({ keptAt: 1_000, error: lost })
  expect(mine.state.get().items?.[0]?.created_at.epochMilliseconds).toBe(Date.UTC(2026, 10, 30, 10))
  isLost = false
  await mine.load()
  expect(mine.state.get()).toMatchObject({ items: [], error: undefined })
  expect(mine.state.get().keptAt).toBeUndefined()
})

it("never puts an old list over a new one, and takes nothing of another form", async () => {
  const { me } = caller(() => ({ games: [] }))
  const place = shelf()
  await KeptGames.save(place, whole("2026-11-30T10:00:00.000Z"))
  const { mine } = Lobby.make(me, { ...place, load: () => settle().then(() => place.kept) })
  await mine.load()
  await settle()
  await settle()
  expect(mine.state.get().items).toEqual([])
  expect(await KeptGames.load(shelf({ at: 1, list: { games: [{ game_id: 7 }] } }))).toBeUndefined()
  expect(await KeptGames.load({ ...place, load: () => Promise.reject(new Error("no storage")) })).toBeUndefined()
})
