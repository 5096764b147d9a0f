/** What an operator can run about what is in a game's way. */
import { operations } from "../operations/operations.ts"
import type { AnySpec } from "../operations/types.ts"
import type { Block, Why } from "./whyForm.ts"

/** A command line that can be run as it is, but for `TEXT` and `VERSION`. */
export interface Help {
  readonly command: string
  /** What it does; empty where the command says so itself. */
  readonly what: string
}

const has = ({ blocks }: Why, code: string): boolean => blocks?.some((it) => it.code === code) === true

/** A start by force, which every game takes; on another version where the game's own is disabled. */
const forceStart = (why: Why): string =>
  has(why, "version_disabled") ? "game force-start GAME --engine VERSION" : "game force-start"

/** A private game's own steps are its owner's. A server of an earlier release doesn't tell whose game it is. */
const ofPublic = ({ visibility }: Why, command: string): ReadonlyArray<string> =>
  visibility === "public" ? [command] : []

/** Commands by what is in the way, in the order in which they are tried. A newer server may have more of these codes. */
const commands: Readonly<Record<string, (why: Why) => ReadonlyArray<string>>> = {
  not_started: ({ status }) =>
    status === "draft" ? ["game open"] : status === "enrollment_open" ? ["game ready"] : ["game start"],
  not_enough_players: (why) => [...ofPublic(why, "game applications"), "game members", forceStart(why)],
  start_failed: (why) => [...ofPublic(why, "game retry"), forceStart(why)],
  paused: () => ["game resume"],
  stopped: (why) => [forceStart(why)],
  generation_failed: ({ current_turn }) =>
    current_turn === undefined ? ["runtime operations"] : [`runtime next-turn GAME --expect ${current_turn}`],
  retrying: () => ["runtime operations"],
  generating: () => ["watch game"],
  engine_task: () => ["runtime get"],
  engine_refused: (why) =>
    has(why, "start_failed") || has(why, "stopped")
      ? ["game force-start GAME --engine VERSION"]
      : has(why, "generation_failed")
        ? ["runtime operations", "runtime patch GAME VERSION"]
        : // The turn is tried again by itself, and no command about the engine is taken meanwhile.
          [],
  renewal_failed: () => ["runtime operations"],
  engine_unreachable: () => ["runtime health", "runtime restart"],
  engine_removed: () => ["runtime health", "runtime restart"]
}

/** Commands that aren't about the game itself. */
const general: Readonly<Record<string, (why: Why) => ReadonlyArray<string>>> = {
  start_failed: () => ["doctor", "engine list"],
  version_disabled: () => ["engine list"],
  engine_refused: (why) => (has(why, "generation_failed") || has(why, "stopped") ? ["engine list"] : []),
  overdue: () => ["doctor"],
  no_capacity: () => ["doctor"]
}

const specs: ReadonlyArray<AnySpec> = Object.values(operations)

const helpOf = (words: string, gameId: string): Help => {
  const [noun = "", verb = ""] = words.split(" ")
  const spec = specs.find(({ path }) => path[0] === noun && path[1] === verb)
  const command = words.includes("GAME") ? words.replace("GAME", gameId) : `${words} ${gameId}`.trimEnd()
  return {
    command: `galaxy-admin ${command}${spec?.reason === "required" ? " --reason TEXT" : ""}`,
    what: spec?.summary ?? ""
  }
}

/** What can be run. What only the owner may do isn't an operator's, but for starting the game. */
export const helpFor = (why: Why, { code, acts }: Block): ReadonlyArray<Help> => {
  const known = Object.hasOwn(commands, code) ? (commands[code]?.(why) ?? []) : []
  const own = acts !== "owner" ? known : code === "not_started" ? [forceStart(why)] : []
  const others = Object.hasOwn(general, code) ? (general[code]?.(why) ?? []) : []
  return [...own.map((it) => helpOf(it, why.game_id)), ...others.map((it) => helpOf(it, ""))]
}
