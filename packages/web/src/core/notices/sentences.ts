/** Each kind of notice as a sentence of the player's language, and where it leads. */
import type { EventKind } from "@galaxy/contract/events/EventKinds"
import type { Words } from "../words/Words.ts"

/** What of an event or of a kept notice its sentence needs. */
export interface Fact {
  readonly kind: string
  readonly payload: unknown
}

/** A notice as it is shown. `href` is absent where there is nothing to look at. */
export interface Sentence {
  readonly text: string
  readonly href: string | undefined
  readonly gameId: string | undefined
  /** Something was lost or went wrong. */
  readonly harm: boolean
}

const harmful: ReadonlySet<string> = new Set<EventKind>([
  "game.generation.failed",
  "game.seat.taken_over",
  "game.turn.missed",
  "lobby.membership.blocked",
  "lobby.membership.removed",
  "lobby.race_name.expired"
])

const fieldsOf = (payload: unknown) => {
  const fields = typeof payload === "object" && payload !== null ? (payload as Readonly<Record<string, unknown>>) : {}
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === "string" && value !== "" ? value : undefined
  }
  const number = (name: string) => {
    const value = fields[name]
    return typeof value === "number" ? value : 0
  }
  return { text, number }
}

/**
 * The sentence of a fact; undefined for a kind that this version has no words for. `gameName` is used where the fact
 * names none itself.
 */
export const sentenceOf = (
  words: Words,
  fact: Fact,
  gameName?: (gameId: string) => string | undefined
): Sentence | undefined => {
  const { notices } = words
  if (!Object.hasOwn(notices.say, fact.kind)) return undefined
  const { text, number } = fieldsOf(fact.payload)
  const gameId = text("game_id")
  const game = text("game_name") ?? (gameId === undefined ? undefined : gameName?.(gameId)) ?? notices.aGame
  const race = text("race_name") ?? "?"
  const hall = gameId === undefined ? undefined : `/games/${gameId}`
  const harm = harmful.has(fact.kind)
  const say = (sentence: string, href: string | undefined): Sentence => ({ text: sentence, href, gameId, harm })
  const { say: it } = notices
  switch (fact.kind as EventKind) {
    case "game.turn.ready":
      return say(it["game.turn.ready"](game, number("turn")), `${hall}/report`)
    case "game.started":
      return say(it["game.started"](game), `${hall}/map`)
    case "game.finished":
      return say(it["game.finished"](game, number("turn")), `${hall}/map`)
    case "game.generation.failed":
      return say(it["game.generation.failed"](game, number("turn")), hall)
    case "game.turn.delayed":
      return say(it["game.turn.delayed"](game), `${hall}/map`)
    case "game.turn.missed":
      return say(it["game.turn.missed"](game, number("missed")), `${hall}/map`)
    case "game.seat.taken_over":
      return say(it["game.seat.taken_over"](game, race), hall)
    case "lobby.application.approved":
      return say(it["lobby.application.approved"](game), hall)
    case "lobby.application.rejected":
      return say(it["lobby.application.rejected"](game), hall)
    case "lobby.game.cancelled":
      return say(it["lobby.game.cancelled"](game), hall)
    case "lobby.game.paused":
      return say(it["lobby.game.paused"](game), hall)
    case "lobby.game.resumed":
      return say(it["lobby.game.resumed"](game), `${hall}/map`)
    case "lobby.invite.received":
      return say(it["lobby.invite.received"](game), hall)
    case "lobby.invite.revoked":
      return say(it["lobby.invite.revoked"](game), undefined)
    case "lobby.membership.blocked":
      return say(it["lobby.membership.blocked"](game), undefined)
    case "lobby.membership.removed":
      return say(it["lobby.membership.removed"](game, text("reason") ?? ""), undefined)
    case "lobby.race_name.expired":
      return say(it["lobby.race_name.expired"](race), "/account#names")
    case "lobby.race_name.pending":
      return say(it["lobby.race_name.pending"](race, game), "/account#names")
    case "lobby.race_name.registered":
      return say(it["lobby.race_name.registered"](race), "/account#names")
  }
}
