/** Why a game makes its next turn when it does, or makes none, as text: the facts, then what is in the way and what helps. */
import { safeLine } from "../output/safe.ts"
import { absolute, relative, spelled } from "../output/times.ts"
import type { Block, Known, Why } from "./whyForm.ts"
import { helpFor } from "./whyHelp.ts"

/** Whether somebody must act, by what the server says. */
export const needsAction = ({ blocks }: Known): boolean => blocks?.some((it) => it.acts !== undefined) === true

interface Writing {
  readonly now: number
  readonly zone: string
}

const title = ({ game_name, status, current_turn, blocks, engine }: Why): string => {
  const turn = engine === undefined || current_turn === undefined ? "" : `, turn ${current_turn}`
  const acting = needsAction({ blocks: blocks ?? [] })
  const tail =
    blocks === undefined
      ? ". The server doesn't say what is in the way."
      : blocks.length === 0
        ? ", and waits. Nothing blocks it."
        : acting
          ? ". Somebody must act."
          : ". Nobody has to act."
  const name = game_name === undefined ? "The game" : `"${safeLine(game_name)}"`
  return `${name} is ${safeLine((status ?? "in an unknown state").replaceAll("_", " "))}${turn}${tail}`
}

const at = (time: string, { now, zone }: Writing): string => {
  const instant = Date.parse(time)
  return `${absolute(instant, zone)} (${relative(instant, now)})`
}

const next = ({ turn_schedule, time_zone, next_turn_at, asked_for, current_turn }: Why, writing: Writing): string => {
  const turn = current_turn === undefined ? "the next turn" : `turn ${current_turn + 1}`
  return [
    asked_for === true
      ? `${turn}, asked for: as soon as it can be made`
      : next_turn_at === undefined
        ? "no turn is planned"
        : `${turn}, ${at(next_turn_at, writing)}`,
    ...(turn_schedule === undefined ? [] : [`schedule ${turn_schedule} ${time_zone ?? ""}`.trimEnd()])
  ].join("; ")
}

/** A turn takes a moment to be made; what is later than this had to wait for something. */
const onTimeMs = 120_000

const madeText = ({ turn, due_at, finished_at, took_ms }: NonNullable<Why["last_turn"]>, writing: Writing): string => {
  const finished = Date.parse(finished_at)
  if (due_at === undefined) return `turn ${turn}, made ${at(finished_at, writing)} in ${took_ms} ms`
  const due = Date.parse(due_at)
  const late = finished - due > onTimeMs ? `${spelled(finished - due)} late` : "on time"
  return `turn ${turn}, due ${absolute(due, writing.zone)}, made ${relative(finished, writing.now)} (${late}) in ${took_ms} ms`
}

const last = (why: Why, writing: Writing): string | undefined => {
  const turn = why.last_turn
  const made = turn === undefined ? undefined : madeText(turn, writing)
  const decided = why.decision === undefined ? undefined : `decided: ${why.decision.text}`
  const parts = [made, decided].filter((it) => it !== undefined)
  return parts.length === 0 ? undefined : parts.join("; ")
}

const answers: Readonly<Record<string, ReadonlyArray<string> | undefined>> = {
  healthy: ["answers"],
  unhealthy: ["doesn't answer"],
  // It hasn't been asked yet.
  unknown: []
}

/** What the engine does. Whether it answers matters only of one that runs. */
const engineState = ({ state, health }: NonNullable<Why["engine"]>): ReadonlyArray<string> => {
  switch (state) {
    case undefined:
      return health === undefined ? [] : [health]
    case "unknown":
      return ["the engine host doesn't answer"]
    case "off":
      return ["not running"]
    case "running":
      return ["running", ...(health === undefined ? [] : (answers[health] ?? [health]))]
    default:
      return [state]
  }
}

const engine = ({ engine: it }: Why, writing: Writing): string | undefined =>
  it === undefined
    ? undefined
    : [
        it.version ?? "no version",
        ...(it.version_enabled === false ? ["disabled for new starts"] : []),
        ...engineState(it),
        ...(it.game_state_in === undefined
          ? []
          : [it.game_state_in === "host" ? "state on its host" : `state in the ${it.game_state_in}`]),
        ...(it.last_observed_at === undefined
          ? []
          : [`at work ${relative(Date.parse(it.last_observed_at), writing.now)}`])
      ].join(", ")

const turns = (count: number): string => (count === 1 ? "1 turn" : `${count} turns`)

const absence = (
  missed: number,
  { reminded_after: reminder, removed_after: limit, absence_action: action }: NonNullable<Why["orders"]>
) => {
  const left = limit === undefined ? undefined : Math.max(1, limit - missed)
  const end = action === "computer" ? "played by the engine" : "removed"
  return [
    ...(reminder !== undefined && missed >= reminder ? ["reminded"] : []),
    ...(left === undefined ? [] : [`${end} after ${left} more`])
  ]
}

const shown = 5

const orders = ({ orders: it }: Why): string | undefined => {
  if (it === undefined) return undefined
  const missing = (it.awaited ?? [])
    .filter(({ missed_turns }) => missed_turns > 0)
    .slice(0, shown)
    .map(({ race_name, missed_turns }) => {
      const then = absence(missed_turns, it)
      return `${safeLine(race_name)} missed ${turns(missed_turns)}${then.length === 0 ? "" : `: ${then.join(", ")}`}`
    })
  return [`${it.given} of ${it.players}`, ...missing].join("; ")
}

const block = (why: Why, it: Block, writing: Writing): string => {
  const since = it.since === undefined ? "" : `, since ${at(it.since, writing)}`
  const until = it.until === undefined ? "" : `, next try ${relative(Date.parse(it.until), writing.now)}`
  const who = it.acts === undefined ? "" : ` [${safeLine(it.acts)} must act]`
  const helps = helpFor(why, it).map(({ command, what }) => `    → ${command}${what === "" ? "" : `  # ${what}`}\n`)
  return `  ${safeLine(it.code)}: ${safeLine(it.message ?? "the server gives no reason")}${since}${until}${who}\n${helps.join("")}`
}

/** The whole text, with times in the game's zone unless another is asked for. */
export const whyText = (why: Why, writing: Writing): string => {
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Next", next(why, writing)],
    ["Last", last(why, writing)],
    ["Engine", engine(why, writing)],
    ["Orders", orders(why)]
  ]
  const facts = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(6)}  ${safeLine(text)}\n`]))
  const blocks = (why.blocks ?? []).map((it) => block(why, it, writing))
  return `${title(why)}\n${facts.join("")}${blocks.length === 0 ? "" : `\n${blocks.join("")}`}`
}
