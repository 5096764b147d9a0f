/**
 * What the pages of one game share: the game, the report of the viewed turn, the orders and what is selected. The frame
 * makes it, and pages read it by `play()`; all of it is followed by templates.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { createContext, type Snippet } from "svelte"
import type { DraftState } from "../core/game/DraftState.ts"
import * as DraftLines from "../core/game/draftLines.ts"
import type { Game, GameSession } from "../core/game/GameSession.ts"
import type { GameState } from "../core/game/GameState.ts"
import { type RaceMark, raceMarks } from "../core/game/raceMarks.ts"
import type { ReportEntry } from "../core/game/Reports.ts"
import { rulesetOf } from "../core/game/ruleset.ts"
import type { Loaded } from "../core/Loader.ts"
import { follow } from "./reactive.svelte.ts"

/** The orders of the current turn. Nothing here waits for the server. */
export interface DraftActions {
  readonly state: () => DraftState
  readonly lines: () => ReadonlyArray<DraftLines.Line>
  /** One edit, however many orders: `undo` takes them back together. */
  readonly add: (...orders: ReadonlyArray<Order>) => void
  readonly replace: (id: number, order: Order) => void
  readonly replaceAll: (orders: ReadonlyArray<Order>) => void
  readonly remove: (id: number) => void
  readonly move: (id: number, by: number) => void
  readonly undo: () => void
  readonly redo: () => void
  readonly canUndo: () => boolean
  readonly canRedo: () => boolean
  /** Whether orders can be written: the newest turn is on the screen, and the race plays. */
  readonly canEdit: () => boolean
}

/** What is chosen on the map and in lists: a planet, and own groups by their numbers. */
export interface Selection {
  readonly planet: () => number | undefined
  readonly groups: () => ReadonlyArray<number>
  /** What is left out is chosen no longer. */
  readonly select: (chosen: { readonly planet?: number | undefined; readonly groups?: ReadonlyArray<number> }) => void
}

export interface Play {
  readonly gameId: string
  readonly session: GameSession
  readonly loaded: () => Loaded<Game>
  readonly game: () => Game | undefined
  readonly turns: () => GameState | undefined
  /** The report of the viewed turn; undefined until it is there. */
  readonly report: () => Report | undefined
  readonly entry: () => ReportEntry | undefined
  /** The report of any turn that was asked for, such as the one before for comparisons. */
  readonly reportOf: (turn: number) => Report | undefined
  /** Why the report of a turn that was asked for isn't there. */
  readonly errorOf: (turn: number) => ReportEntry["error"]
  /** Shows the newest turn, where one waits. */
  readonly advance: () => Promise<void>
  readonly draft: DraftActions
  readonly selection: Selection
  readonly ruleset: () => Ruleset
  /** How each race is drawn, by its name. */
  readonly marks: () => ReadonlyMap<string, RaceMark>
  /** What the map page shows above the orders; answers how to take it away. */
  readonly showInspector: (inspector: Snippet) => () => void
  readonly inspector: () => Snippet | undefined
}

/** The game whose pages these are. */
export const [play, setPlay] = createContext<Play>()

/** What the frame hands to the pages of a game. */
export const makePlay = (gameId: string, session: GameSession, advance: () => Promise<void>): Play => {
  const loaded = follow(session.game.state)
  const turns = follow(session.turns)
  const reports = follow(session.reports.state)
  const draft = follow(session.draft.state)
  let planet = $state<number>()
  let groups = $state.raw<ReadonlyArray<number>>([])
  let inspector = $state.raw<Snippet>()

  const entry = () => {
    const now = turns()
    return now === undefined ? undefined : reports().get(now.viewedTurn)
  }
  const report = () => entry()?.report
  const told = $derived(loaded().value?.ruleset)
  const ruleset = $derived(rulesetOf(told))
  const races = $derived.by(() => {
    const now = report()
    return now === undefined ? new Map<string, RaceMark>() : raceMarks(now)
  })

  const canEdit = () => {
    const now = turns()
    const shown = report()
    if (now === undefined || shown === undefined || now.viewedTurn !== now.currentTurn || shown.finished) return false
    return shown.players.some(({ name, extinct }) => name === shown.race && !extinct)
  }
  const edit: GameSession["draft"]["edit"] = (change) => {
    if (canEdit()) session.draft.edit(change)
  }

  return {
    gameId,
    session,
    loaded,
    game: () => loaded().value,
    turns,
    entry,
    report,
    advance,
    reportOf: (turn) => reports().get(turn)?.report,
    errorOf: (turn) => reports().get(turn)?.error,
    draft: {
      state: draft,
      lines: () => draft().lines.lines,
      add: (...orders) => edit((lines) => DraftLines.add(lines, ...orders)),
      replace: (id, order) => edit((lines) => DraftLines.replace(lines, id, order)),
      replaceAll: (orders) => edit((lines) => DraftLines.replaceAll(lines, orders)),
      remove: (id) => edit((lines) => DraftLines.remove(lines, id)),
      move: (id, by) => edit((lines) => DraftLines.move(lines, id, by)),
      undo: () => edit(DraftLines.undo),
      redo: () => edit(DraftLines.redo),
      canUndo: () => draft().lines.past.length > 0,
      canRedo: () => draft().lines.future.length > 0,
      canEdit
    },
    selection: {
      planet: () => planet,
      groups: () => groups,
      select: (chosen) => {
        planet = chosen.planet
        groups = chosen.groups ?? []
      }
    },
    ruleset: () => ruleset,
    marks: () => races,
    showInspector: (next) => {
      inspector = next
      return () => {
        if (inspector === next) inspector = undefined
      }
    },
    inspector: () => inspector
  }
}
