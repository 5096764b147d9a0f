/**
 * Whether a race's name is free, while it is being typed. It asks once the typing rests, and an answer about an earlier
 * text is never shown for a later one.
 */
import { Result } from "effect"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { sleep, type Sleep } from "../sleep.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Caller } from "./Game.ts"
import { type NameProblem, nameProblem, suggestName } from "./raceNames.ts"

/** `unknown`: the server couldn't be asked. */
export type NameState =
  | { readonly _tag: "wrong"; readonly problem: NameProblem }
  | { readonly _tag: "asking" | "free" | "taken" | "refused" | "unknown" }

export interface NameCheck {
  readonly name: Readable<string>
  readonly state: Readable<NameState>
  /** What the person has typed by now. */
  readonly type: (text: string) => void
  /** Puts another invented name in. */
  readonly suggest: () => void
  /** The server has refused this name: it is taken after all. */
  readonly refused: () => void
}

export interface Options {
  readonly me: Caller
  /**
   * The game, and the code of the invitation where the game can't be seen without it. Absent before
   * there is one: then only names of the whole platform are taken.
   */
  readonly game?: { readonly gameId: GameId | string; readonly code?: string | undefined } | undefined
  readonly initial?: string
  /** Names that one knows to be taken. */
  readonly taken?: ReadonlyArray<string>
  readonly random?: () => number
  readonly sleep?: Sleep
  /** How long the typing has to rest: 350 ms. */
  readonly restMs?: number
}

/** From 0 to 1, another one each time. */
const anyNumber = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32

/** How many invented names are tried by themselves, when the first is taken. */
const tries = 4

/** Begins with a suggestion and asks about it. */
export const make = (options: Options): NameCheck => {
  const { me, game, random = anyNumber, sleep: pause = sleep, restMs = 350 } = options
  const taken = [...(options.taken ?? [])]
  const name = makeStore(options.initial ?? suggestName(random, taken))
  const state = makeStore<NameState>({ _tag: "asking" })
  /** Counts the texts: whatever belongs to an earlier one is dropped. */
  let texts = 0
  let byItself = options.initial === undefined ? tries : 0

  const look = async (text: string, rest: number) => {
    const mine = ++texts
    const problem = nameProblem(text)
    if (problem !== undefined) return state.set({ _tag: "wrong", problem })
    state.set({ _tag: "asking" })
    if (rest > 0) await pause(rest)
    if (mine !== texts) return
    const answer = await me.call("lobby.race_names.check", {
      name: text,
      ...(game === undefined ? {} : { game_id: game.gameId }),
      ...(game?.code === undefined ? {} : { code: game.code })
    })
    if (mine !== texts) return
    if (Result.isFailure(answer)) return state.set({ _tag: "unknown" })
    const { available, reason } = answer.success
    if (available) return state.set({ _tag: "free" })
    if (reason === "invalid") return state.set({ _tag: "refused" })
    taken.push(text)
    if (byItself-- > 0) return put(suggestName(random, taken))
    state.set({ _tag: "taken" })
  }

  const put = (text: string) => {
    name.set(text)
    void look(text, 0)
  }

  void look(name.get(), 0)
  return {
    name,
    state,
    type: (text) => {
      byItself = 0
      name.set(text)
      void look(text, restMs)
    },
    suggest: () => {
      byItself = tries
      taken.push(name.get())
      put(suggestName(random, taken))
    },
    refused: () => {
      texts++
      taken.push(name.get())
      state.set({ _tag: "taken" })
    }
  }
}
