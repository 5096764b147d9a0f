/** Why a game makes its next turn when it does, or makes none, as text: the facts, then what is in the way and what helps. */
import type { AnswerOf } from "../operations/types.ts"
import { safeLine } from "../output/cells.ts"
import { absolute, relative } from "../output/times.ts"

/** The answer of the server. */
export type Why = AnswerOf<"adminGames.why">
type Block = Why["blocks"][number]

/** The command that leads on, by what is in the way. A newer server may have more; their message says what to do. */
const commands: Readonly<Record<string, (why: Why) => ReadonlyArray<string>>> = {
  not_started: ({ status }) =>
    status === "draft" ? ["game open"] : status === "enrollment_open" ? ["game ready"] : ["game start"],
  not_enough_players: () => ["game force-start"],
  start_failed: () => ["game retry", "game force-start"],
  paused: () => ["game resume"],
  stopped: () => ["game force-start"],
  generation_failed: ({ current_turn }) => [`runtime next-turn GAME --expect ${current_turn}`],
  retrying: () => ["runtime operations"],
  engine_task: () => ["runtime get"],
  engine_unhealthy: () => ["runtime restart"],
  engine_removed: () => ["runtime restart"]
}

/** Commands that aren't about the game itself. */
const general: Readonly<Record<string, ReadonlyArray<string>>> = {
  version_disabled: ["engine list"],
  overdue: ["doctor"],
  no_capacity: ["doctor"]
}

/** What an operator can run about a block. What only the owner may do isn't an operator's, but for starting the game. */
export const helpFor = (why: Why, { code, acts }: Block): ReadonlyArray<string> => {
  const own = acts === "owner" ? (code === "not_started" ? ["game force-start"] : []) : (commands[code]?.(why) ?? [])
  return [
    ...own.map(
      (it) => `galaxy-admin ${it.includes("GAME") ? it.replace("GAME", why.game_id) : `${it} ${why.game_id}`}`
    ),
    ...(general[code] ?? []).map((it) => `galaxy-admin ${it}`)
  ]
}

/** Whether somebody must act, by what the server says. */
export const needsAction = ({ blocks }: Why): boolean => blocks.some((it) => it.acts !== undefined)

interface Writing {
  readonly now: number
  readonly zone: string
}

const title = ({ game_name, status, current_turn, blocks, engine }: Why): string => {
  const turn = engine === undefined ? "" : `, turn ${current_turn}`
  const acting = blocks.some(({ acts }) => acts !== undefined)
  const tail =
    blocks.length === 0 ? ", and waits. Nothing blocks it." : acting ? ". Somebody must act." : ". Nobody has to act."
  return `"${safeLine(game_name)}" is ${status.replaceAll("_", " ")}${turn}${tail}`
}

const at = (time: string, { now, zone }: Writing): string => {
  const instant = Date.parse(time)
  return `${absolute(instant, zone)} (${relative(instant, now)})`
}

const next = (why: Why, writing: Writing): string => {
  const schedule = `schedule ${why.turn_schedule} ${why.time_zone}`
  return why.next_turn_at === undefined
    ? `no turn is planned; ${schedule}`
    : `turn ${why.current_turn + 1}, ${at(why.next_turn_at, writing)}; ${schedule}`
}

const last = (why: Why, writing: Writing): string | undefined => {
  const turn = why.last_turn
  const made =
    turn === undefined ? undefined : `turn ${turn.turn}, made ${at(turn.finished_at, writing)} in ${turn.took_ms} ms`
  const decided = why.decision === undefined ? undefined : `decided: ${why.decision.text}`
  const parts = [made, decided].filter((it) => it !== undefined)
  return parts.length === 0 ? undefined : parts.join("; ")
}

const engine = ({ engine: it }: Why, writing: Writing): string | undefined =>
  it === undefined
    ? undefined
    : [
        it.version ?? "no version",
        ...(it.version_enabled ? [] : ["disabled for new starts"]),
        it.state,
        it.health,
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
  const missing = it.awaited
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
  const who = it.acts === undefined ? "" : ` [${it.acts} must act]`
  const helps = helpFor(why, it).map((command) => `    → ${command}\n`)
  return `  ${it.code}: ${safeLine(it.message)}${since}${until}${who}\n${helps.join("")}`
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
  const blocks = why.blocks.map((it) => block(why, it, writing))
  return `${title(why)}\n${facts.join("")}${blocks.length === 0 ? "" : `\n${blocks.join("")}`}`
}
