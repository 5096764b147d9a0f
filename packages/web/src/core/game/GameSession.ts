/**
 * One game as its player has it open: the game itself, the turn that is shown, its report and the orders for it.
 *
 * What the server says reaches the parts here and nowhere else. A newer turn closes the draft and waits until the player
 * wants it; the screen stays.
 */
import type { Answer } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import type { OrderVerdict, Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { Result } from "effect"
import * as Loader from "../Loader.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import * as Draft from "./Draft.ts"
import * as GameState from "./GameState.ts"
import type { GameStorage } from "./ports.ts"
import * as Reports from "./Reports.ts"
import type { ClosedWhy } from "./saveState.ts"
import type { Timer } from "./Timer.ts"

/** The server doesn't have the orders, and nothing was said. */
export interface NotSaved {
  readonly _tag: "NotSaved"
}

/** A game with the caller's seat and its constants. */
export type Game = Answer<"lobby.games.get">

export interface GameSession {
  readonly game: Loader.Loader<Game>
  /** Undefined until it is known that the game has a report. */
  readonly turns: Readable<GameState.GameState | undefined>
  readonly reports: Reports.Reports
  readonly draft: Draft.Draft
  /** Shows a turn of the past, or the current one. */
  readonly view: (turn: number) => void
  /** Shows the newest turn, and begins with its orders. */
  readonly advance: () => Promise<void>
  readonly onEvent: (event: PlayerEvent) => void
  /** The page has come back into sight: asks what has changed. */
  readonly wake: () => void
  /** Says that the orders are done, or not yet. That they are done is said only of orders that the server has. */
  readonly setReady: (ready: boolean) => Promise<Result.Result<Answer<"user.games.ready">, ClientError | NotSaved>>
  /** Sends what is left, and ends. */
  readonly end: () => Promise<void>
}

export interface Options {
  readonly gameId: string
  readonly call: Player["call"]
  readonly storage: GameStorage
  /** The engine's own verdicts on orders, by what a report shows. */
  readonly forecast: (
    report: Report,
    ruleset: string,
    orders: ReadonlyArray<Order>
  ) => Promise<ReadonlyArray<OrderVerdict>>
  /** A newer turn waits. `away`: how many turns have passed since the last that was seen. */
  readonly onWaiting: (turn: number, away: number) => void
  /**
   * The turn that the player has asked for is there, in a game in which nobody else is waited for: show it at once.
   * `onWaiting` isn't called for it.
   */
  readonly onAsked: (turn: number) => void
  readonly timer: Timer
}

/** Whether a game has had its first report. */
export const hasReports = (game: Game): boolean =>
  game.started_at !== undefined && !["draft", "enrollment_open", "ready_to_start", "starting"].includes(game.status)

/** Whether everybody else in it is a computer player: then it goes on when this player says so. */
const isAlone = (game: Game | undefined): boolean =>
  game !== undefined && game.computer_players > 0 && game.member_count === 1

/** Why a game takes no orders now; undefined when it does. */
const closedNow = (game: Game): ClosedWhy | undefined => {
  if (game.status === "finished" || game.status === "cancelled") return "finished"
  if (game.status === "paused") return "paused"
  if (game.runtime_status === "generation_failed") return "failed"
  return game.runtime_status === "generation_in_progress" ? "generating" : undefined
}

export const make = (options: Options): GameSession => {
  const { gameId, call, storage, timer } = options
  const turns = makeStore<GameState.GameState | undefined>(undefined)
  const game = Loader.make(() => call("lobby.games.get", { game_id: gameId }))
  const reports = Reports.make({ gameId, call, cache: storage.reports })
  let ended = false
  /** The turn that the player, who plays alone, has called done. */
  let calledDone: number | undefined

  const draft = Draft.make({
    gameId,
    call,
    keep: storage.drafts,
    timer,
    forecast: async (turn, orders) => {
      // The engine comes with the first order: nobody needs it to look at a map.
      if (orders.length === 0) return []
      const report = reports.state.get().get(turn)?.report
      return report === undefined
        ? undefined
        : options.forecast(report, game.state.get().value?.ruleset?.name ?? "plus", orders)
    },
    onPassed: () => void game.load()
  })

  const show = (turn: number) =>
    void reports.want(turn).then((report) => {
      if (report !== undefined) draft.judge()
    })

  const remember = (turn: number) => void storage.memory.saveLastViewedTurn(gameId, turn).catch(() => undefined)

  const set = (after: GameState.GameState) => {
    const before = turns.get()
    turns.set(after)
    if (GameState.tells(before, after) && after.pendingTurn !== undefined) {
      draft.close("passed")
      const { currentTurn, viewedTurn, pendingTurn } = after
      if (calledDone === currentTurn && viewedTurn === currentTurn && pendingTurn === currentTurn + 1) {
        return options.onAsked(pendingTurn)
      }
      options.onWaiting(after.pendingTurn, after.pendingTurn - (after.lastViewedTurn ?? after.pendingTurn))
    }
  }

  const open = (newest: number, lastViewed: number | undefined) => {
    const state = GameState.open(newest, lastViewed)
    set(state)
    remember(state.currentTurn)
    show(state.viewedTurn)
    const now = game.state.get().value
    void draft.open(
      state.currentTurn,
      state.pendingTurn === undefined ? (now === undefined ? undefined : closedNow(now)) : "passed"
    )
  }

  const step = (event: GameState.GameStep) => {
    const before = turns.get()
    if (before !== undefined) set(GameState.step(before, event))
  }

  const onGame = (now: Game) => {
    if (!hasReports(now)) return
    if (turns.get() === undefined) return open(now.current_turn, lastViewed)
    step({ _tag: "newest", turn: now.current_turn })
    const { save } = draft.state.get()
    const why = closedNow(now)
    if (turns.get()?.pendingTurn !== undefined) return
    if (save._tag === "closed" && (save.why === "passed" || save.why === why)) return
    if (why !== undefined) draft.close(why)
    else if (save._tag === "closed") void draft.refresh()
  }

  let lastViewed: number | undefined
  /** What the device has comes first, so that a game can be read without a network. */
  const started = (async () => {
    lastViewed = await storage.memory.lastViewedTurn(gameId).catch(() => undefined)
    if (ended) return
    if (lastViewed !== undefined) open(lastViewed, lastViewed)
    game.state.subscribe(({ value }) => {
      if (value !== undefined) onGame(value)
    })
    await game.load()
  })()

  return {
    game,
    turns,
    reports,
    draft,
    view: (turn) => {
      step({ _tag: "view", turn })
      const now = turns.get()
      if (now !== undefined) show(now.viewedTurn)
    },
    advance: async () => {
      await draft.flush()
      step({ _tag: "advance" })
      const now = turns.get()
      if (now === undefined) return
      remember(now.currentTurn)
      show(now.currentTurn)
      const known = game.state.get().value
      await draft.open(now.currentTurn, known === undefined ? undefined : closedNow(known))
    },
    onEvent: (event) => {
      if (event.kind === "gateway.gap") return void game.load()
      if (event.kind === "unknown" || !("game_id" in event.payload) || event.payload.game_id !== gameId)
        return undefined
      if (event.kind === "game.turn.ready") step({ _tag: "newest", turn: event.payload.turn })
      return void game.load()
    },
    wake: () => {
      void started.then(() => game.load())
      if (turns.get() !== undefined) void draft.refresh()
    },
    setReady: async (ready) => {
      const turn = turns.get()?.currentTurn ?? 0
      if (ready) {
        await draft.flush()
        if (draft.state.get().save._tag !== "saved") return Result.fail({ _tag: "NotSaved" })
      }
      // Before the answer: word of the next turn may overtake it.
      calledDone = ready && isAlone(game.state.get().value) ? turn : undefined
      const answer = await call("user.games.ready", { game_id: gameId, turn, ready })
      if (Result.isFailure(answer)) calledDone = undefined
      await game.load()
      return answer
    },
    end: async () => {
      ended = true
      await draft.flush()
      draft.end()
    }
  }
}
