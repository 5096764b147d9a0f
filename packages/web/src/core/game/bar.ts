/** What the bar above a game shows, from its report and the time. */
import type { Report } from "@galaxy/contract/engine/Report"
import { DateTime } from "effect"
import { scheduleOf } from "../lobby/schedule.ts"
import type { Game } from "./GameSession.ts"

/**
 * When the next turn comes: at an instant (Unix milliseconds), right now, once all players are ready, or at no time that
 * is known.
 */
export type Due =
  | { readonly _tag: "at"; readonly millis: number }
  | { readonly _tag: "now" }
  | { readonly _tag: "ready" }
  | { readonly _tag: "none" }

export const dueOf = (game: Game | undefined, now: number): Due => {
  if (game === undefined || game.status !== "running") return { _tag: "none" }
  if (game.runtime_status === "generation_in_progress") return { _tag: "now" }
  if (scheduleOf(game.turn_schedule)._tag === "ready") return { _tag: "ready" }
  if (game.next_turn_at === undefined) return { _tag: "none" }
  const millis = DateTime.toEpochMillis(game.next_turn_at)
  return millis <= now ? { _tag: "now" } : { _tag: "at", millis }
}

/** The votes that count for the reader: those it received, or its alliance's where that has more. */
export const votesOf = ({ race, votes }: Report): { readonly have: number; readonly needed: number } => {
  const received = votes.races.find((it) => it.race === race)?.received ?? 0
  const allied = votes.alliances.find(({ members }) => members.includes(race))?.votes ?? 0
  return { have: Math.max(received, allied), needed: votes.needed }
}

/** What the player must be told about the game before anything else. */
export type Notice =
  | { readonly _tag: "removed" }
  | { readonly _tag: "blocked" }
  | { readonly _tag: "cancelled" }
  | { readonly _tag: "paused" }
  | { readonly _tag: "failed" }
  | { readonly _tag: "extinct" }
  | { readonly _tag: "turnsLeft"; readonly turns: number }
  | { readonly _tag: "finished"; readonly won: boolean; readonly winners: ReadonlyArray<string> }

/** The one notice that matters most; undefined where the game simply goes on. */
export const noticeOf = (game: Game | undefined, report: Report | undefined): Notice | undefined => {
  const seat = game?.membership?.status
  if (seat === "removed" || seat === "blocked") return { _tag: seat }
  if (report?.finished === true) {
    const { winners, race } = report
    return { _tag: "finished", won: winners.includes(race), winners: winners.filter((it) => it !== race) }
  }
  if (game?.status === "cancelled") return { _tag: "cancelled" }
  const me = report?.players.find(({ name }) => name === report.race)
  if (me?.extinct === true) return { _tag: "extinct" }
  if (game?.status === "paused") return { _tag: "paused" }
  if (game?.runtime_status === "generation_failed" || game?.runtime_status === "engine_unreachable")
    return { _tag: "failed" }
  return me?.turns_left === undefined ? undefined : { _tag: "turnsLeft", turns: me.turns_left }
}
