import { CallFailed, Unavailable } from "@galaxy/client/ClientError"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import type { Report } from "@galaxy/contract/engine/Report"
import * as GameSession from "@galaxy/web/core/game/GameSession"
import { draftView } from "@galaxy/web/core/game/draftView"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import type { GameStorage } from "@galaxy/web/core/game/ports"
import type { Player } from "@galaxy/web/core/session/Session"
import { DateTime, Result } from "effect"
import { describe, expect, it } from "vitest"
import { FakeOrders } from "./fakeOrders.ts"
import { handTimer } from "./handTimer.ts"

const gameId = "00000000-0000-4000-8000-000000000001"

/** A platform with one game, and a device that keeps reports. */
const world = (turn: number) => {
  const orders = new FakeOrders(turn)
  const now = { status: "running", runtime_status: "running", online: true, reports: 0, readied: 0, members: 2 }
  const kept = new Map<number, Report>()
  const memory: { viewed: number | undefined } = { viewed: undefined }
  const call = (async (type: string, request: Record<string, unknown>) => {
    if (!now.online) return Result.fail(new Unavailable({ message: "offline" }))
    if (type === "lobby.games.get") {
      const { status, runtime_status } = now
      const started_at = status === "enrollment_open" ? {} : { started_at: DateTime.makeUnsafe(0) }
      const seats = { member_count: now.members, computer_players: 1 }
      return Result.succeed({
        game_id: gameId,
        status,
        runtime_status,
        current_turn: orders.turn,
        ...seats,
        ...started_at
      })
    }
    if (type === "user.games.report") {
      const asked = Number(request["turn"])
      if (asked > orders.turn) return Result.fail(new CallFailed({ code: "not_found", message: "no such turn" }))
      now.reports++
      return Result.succeed({ turn: asked })
    }
    if (type === "user.games.ready") {
      now.readied++
      return Result.succeed({ ready: request["ready"] })
    }
    return orders.call(type as never, request as never)
  }) as unknown as Player["call"]
  const storage: GameStorage = {
    reports: {
      load: async (_, asked) => kept.get(asked),
      save: async (_, asked, report) => void kept.set(asked, report),
      turns: async () => [...kept.keys()]
    },
    drafts: orders.keep,
    memory: {
      lastViewedTurn: async () => memory.viewed,
      saveLastViewedTurn: async (_, viewed) => {
        memory.viewed = Math.max(viewed, memory.viewed ?? 0)
      }
    }
  }
  const open = async () => {
    const timer = handTimer()
    const told: Array<readonly [number, number]> = []
    const asked: Array<number> = []
    const judged: Array<readonly [turn: number, orders: number]> = []
    const session = GameSession.make({
      gameId,
      call,
      storage,
      timer,
      forecast: async (report, _, list) => {
        judged.push([report.turn, list.length])
        return list.map((__, position) => ({ position, accepted: report.turn % 2 === 0 }))
      },
      onWaiting: (waiting, away) => told.push([waiting, away]),
      onAsked: (turn) => asked.push(turn)
    })
    await timer.pass(0)
    await timer.pass(0)
    return { session, timer, told, asked, judged }
  }
  return { orders, now, memory, kept, open }
}

const turnReady = (turn: number): PlayerEvent =>
  ({ kind: "game.turn.ready", payload: { game_id: gameId, turn }, sequence: turn }) as unknown as PlayerEvent

describe("a game that is open", () => {
  it("shows the newest turn at the first visit, and remembers it", async () => {
    const { memory, open } = world(7)
    const { session, told } = await open()
    expect(session.turns.get()).toMatchObject({ viewedTurn: 7, currentTurn: 7, pendingTurn: undefined })
    expect(session.reports.state.get().get(7)?.report).toEqual({ turn: 7 })
    expect(memory.viewed).toBe(7)
    expect(told).toEqual([])
  })

  it("after five turns away it opens where one was, tells once, and goes on when it is wanted", async () => {
    const { orders, memory, open } = world(7)
    memory.viewed = 2
    const { session, timer, told } = await open()
    expect(session.turns.get()).toMatchObject({ viewedTurn: 2, pendingTurn: 7 })
    expect(session.draft.state.get().save).toEqual({ _tag: "closed", why: "passed" })
    session.onEvent(turnReady(7))
    session.onEvent({ kind: "gateway.gap", payload: {}, sequence: 0 } as unknown as PlayerEvent)
    await timer.pass(0)
    expect(told).toEqual([[7, 5]])
    await session.advance()
    expect(session.turns.get()).toMatchObject({ viewedTurn: 7, currentTurn: 7, pendingTurn: undefined })
    expect(session.draft.state.get()).toMatchObject({ turn: 7, save: { _tag: "saved" } })
    expect(memory.viewed).toBe(7)
    expect(orders.log).toContain("get 7")
  })

  it("is read without a network from what the device has", async () => {
    const first = world(3)
    const before = await first.open()
    await before.session.end()
    first.now.online = false
    const { session } = await first.open()
    expect(session.turns.get()).toMatchObject({ viewedTurn: 3 })
    expect(session.reports.state.get().get(3)?.report).toEqual({ turn: 3 })
    expect(session.game.state.get().error?._tag).toBe("Unavailable")
    expect(first.now.reports).toBe(1)
  })

  it("a turn that comes while one writes: the screen stays, and the line goes into the new turn", async () => {
    const { orders, open } = world(4)
    const { session, timer, told } = await open()
    session.draft.edit((lines) => DraftLines.add(lines, { op: "merge_groups" }))
    orders.nextTurn()
    session.onEvent(turnReady(5))
    await timer.pass(5_000)
    expect(told).toEqual([[5, 1]])
    expect(session.turns.get()).toMatchObject({ viewedTurn: 4 })
    expect(DraftLines.ordersOf(session.draft.state.get().lines)).toEqual([{ op: "merge_groups" }])
    await session.advance()
    await timer.pass(800)
    expect(orders.orders).toEqual([{ op: "merge_groups" }])
  })

  it("the turn is made while one writes: it says so, keeps the lines, and judges them by the new turn's report", async () => {
    const { orders, now, open } = world(4)
    const { session, timer, judged } = await open()
    const { draft } = session
    draft.edit((lines) => DraftLines.add(lines, { op: "merge_groups" }))
    await timer.pass(800)
    now.runtime_status = "generation_in_progress"
    orders.closed = "generating"
    session.wake()
    await timer.pass(0)
    expect(draft.state.get().save).toEqual({ _tag: "closed", why: "generating" })
    draft.edit((lines) => DraftLines.add(lines, { op: "send", group: 1, planet: 2 }))
    await timer.pass(60_000)
    expect(draftView(draft.state.get()).lines.map(({ isForNext }) => isForNext)).toEqual([false, true])
    expect(orders.orders).toEqual([{ op: "merge_groups" }])

    now.runtime_status = "running"
    orders.closed = undefined
    orders.nextTurn()
    session.onEvent(turnReady(5))
    await timer.pass(0)
    await session.advance()
    await timer.pass(0)
    expect(judged.at(-1)).toEqual([5, 1])
    expect([...draft.state.get().verdicts.values()]).toMatchObject([{ accepted: false, from: "forecast" }])
    await timer.pass(800)
    expect(orders.orders).toEqual([{ op: "send", group: 1, planet: 2 }])
    expect([...draft.state.get().verdicts.values()]).toMatchObject([{ accepted: true, from: "server", changed: true }])
  })

  it("waits for its start, and begins by the event of it", async () => {
    const { now, open } = world(0)
    now.status = "enrollment_open"
    const { session, timer } = await open()
    expect(session.turns.get()).toBeUndefined()
    now.status = "running"
    session.onEvent({ kind: "game.started", payload: { game_id: gameId } } as unknown as PlayerEvent)
    await timer.pass(0)
    expect(session.turns.get()).toMatchObject({ viewedTurn: 0 })
  })

  it("a paused game closes the orders, and opens them again when it goes on", async () => {
    const { now, open } = world(4)
    const { session, timer } = await open()
    const hear = async (kind: string) => {
      session.onEvent({ kind, payload: { game_id: gameId } } as unknown as PlayerEvent)
      await timer.pass(0)
    }
    now.status = "paused"
    await hear("lobby.game.paused")
    expect(session.draft.state.get().save).toEqual({ _tag: "closed", why: "paused" })
    now.status = "running"
    await hear("lobby.game.resumed")
    expect(session.draft.state.get().save._tag).toBe("saved")
  })

  it("takes no orders while a turn that failed waits for an operator, and takes them again after it", async () => {
    const { now, orders, open } = world(4)
    const { session, timer } = await open()
    for (const [status, why] of [
      ["generation_in_progress", "generating"],
      ["generation_failed", "failed"],
      ["generation_in_progress", "generating"]
    ] as const) {
      now.runtime_status = status
      session.wake()
      await timer.pass(0)
      expect(session.draft.state.get().save).toEqual({ _tag: "closed", why })
    }
    now.runtime_status = "generation_failed"
    orders.closed = "generating"
    session.wake()
    await timer.pass(0)
    session.draft.edit((lines) => DraftLines.add(lines, { op: "merge_groups" }))
    await timer.pass(5_000)
    expect(draftView(session.draft.state.get()).forNext).toBe(1)
    now.runtime_status = "running"
    orders.closed = undefined
    session.wake()
    await timer.pass(800)
    expect(orders.orders).toEqual([{ op: "merge_groups" }])
  })

  it("says that the orders are done only once the server has them", async () => {
    const { orders, now, open } = world(4)
    orders.write([{ op: "send", group: 1, planet: 1 }])
    const { session } = await open()
    const write = () => session.draft.edit((lines) => DraftLines.add(lines, { op: "merge_groups" }))
    write()
    orders.faults = ["down"]
    expect(Result.isFailure(await session.setReady(true))).toBe(true)
    write()
    orders.write([{ op: "send", group: 1, planet: 2 }])
    expect(Result.isFailure(await session.setReady(true))).toBe(true)
    expect(session.draft.state.get().save._tag).toBe("changed")
    expect(now.readied).toBe(0)
    expect(Result.isSuccess(await session.setReady(false))).toBe(true)
    session.draft.resolve([{ op: "merge_groups" }])
    expect(Result.isSuccess(await session.setReady(true))).toBe(true)
    expect(orders.orders).toEqual([{ op: "merge_groups" }])
    expect(now.readied).toBe(2)
  })

  it("shows the next turn at once to who plays alone and has asked for it, and to nobody else", async () => {
    const { open, orders, now } = world(4)
    now.members = 1
    const { session, told, asked } = await open()
    expect(Result.isSuccess(await session.setReady(true))).toBe(true)
    orders.nextTurn()
    session.onEvent(turnReady(5))
    expect([asked, told]).toEqual([[5], []])
    await session.advance()
    expect(session.turns.get()).toMatchObject({ currentTurn: 5, viewedTurn: 5, pendingTurn: undefined })

    // Nobody has asked for this one.
    orders.nextTurn()
    session.onEvent(turnReady(6))
    expect([asked, told]).toEqual([[5], [[6, 1]]])
    await session.advance()

    // While an old turn is read, the screen stays.
    await session.setReady(true)
    session.view(3)
    orders.nextTurn()
    session.onEvent(turnReady(7))
    expect([asked, told.length]).toEqual([[5], 2])
    await session.advance()

    now.members = 2
    await session.game.load()
    await session.setReady(true)
    orders.nextTurn()
    session.onEvent(turnReady(8))
    expect([asked, told.length]).toEqual([[5], 3])
  })

  it("events of other games mean nothing here", async () => {
    const { open } = world(4)
    const { session, told } = await open()
    const other = { ...turnReady(9), payload: { game_id: "another", turn: 9 } }
    session.onEvent(other as unknown as PlayerEvent)
    expect(session.turns.get()?.pendingTurn).toBeUndefined()
    expect(told).toEqual([])
  })
})
