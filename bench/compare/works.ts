/** What is compared between two source trees: each work is built from the modules of one tree, on the same input. */
import { createHash } from "node:crypto"
import { rmSync } from "node:fs"
import type * as Sealed from "@galaxy/engine/host/sealed"
import type { StateJson } from "@galaxy/engine/state/canonical"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import type * as MakeTurn from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { decisionsFor, mature } from "../games.ts"
import { processWorks, startEngine } from "./engineProcess.ts"
import { moduleOf } from "./moduleOf.ts"
import { canonical, type Work, withoutMessages } from "./Work.ts"

const players = [10, 50, 200]

/** A work that is built only when somebody wants it. */
export interface Planned {
  readonly name: string
  readonly build: () => Promise<Work>
}

/** Turns and what is around them, without any process. */
const inMemory = async (tree: string): Promise<ReadonlyArray<Planned>> => {
  const src = "packages/engine/src"
  const { nextGalaxy, makeTurn } = await moduleOf<typeof MakeTurn>(tree, `${src}/turn/makeTurn.ts`)
  const { seal } = await moduleOf<typeof Sealed>(tree, `${src}/host/sealed.ts`)
  const plan = (name: string, count: number, build: (galaxy: Galaxy, decisions: Decisions) => Omit<Work, "name">) => ({
    name,
    build: () => {
      const galaxy = mature(count)
      return Promise.resolve({ name, ...build(galaxy, decisionsFor(galaxy)) })
    }
  })
  return [
    ...players.map((count) =>
      plan(`a turn of ${count}`, count, (galaxy, decisions) => ({
        once: () => nextGalaxy(galaxy, decisions),
        text: canonical
      }))
    ),
    ...players.map((count) =>
      plan(`a turn of ${count}, with all reports`, count, (galaxy, decisions) => ({
        once: () => makeTurn(galaxy, decisions),
        text: canonical
      }))
    ),
    ...players.map((count) =>
      plan(`state and log of ${count}, sealed`, count, (galaxy, decisions) => {
        const made = nextGalaxy(galaxy, decisions)
        const log = JSON.parse(withoutMessages(made.log)) as ReadonlyArray<StateJson>
        return {
          once: () => [seal("galaxy", made.galaxy, sha256), seal("turn", { log }, sha256)],
          // The first line names the version of the format.
          text: (sealed) => (sealed as ReadonlyArray<string>).map((it) => it.split("\n")[1]).join("\n")
        }
      })
    )
  ]
}

/** The digest that an engine process uses; a tree that knows of none uses its own. */
const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex")

/** All works of a tree, and what ends them. */
export const worksOf = async (tree: string) => {
  let started: ReturnType<typeof startEngine> | undefined
  const inProcess = processWorks.map(({ name, work }) => ({
    name,
    build: async () => work(await (started ??= startEngine(tree)))
  }))
  return {
    works: [...(await inMemory(tree)), ...inProcess],
    end: async () => {
      const engine = await started
      if (engine === undefined) return
      await engine.end()
      rmSync(engine.folder, { recursive: true, force: true })
    }
  }
}
