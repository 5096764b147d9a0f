/** What is compared between two source trees: each work is built from the modules of one tree, on the same input. */
import { rmSync } from "node:fs"
import type * as Sealed from "@galaxy/engine/host/sealed"
import type { StateJson } from "@galaxy/engine/state/canonical"
import type * as MakeTurn from "@galaxy/engine/turn/makeTurn"
import { decisionsFor, mature } from "../games.ts"
import { startEngine } from "./engineProcess.ts"
import { moduleOf } from "./moduleOf.ts"
import { canonical, type Work, withoutMessages } from "./Work.ts"

const players = [10, 50, 200]

/** Turns and what is around them, without any process. */
const inMemory = async (tree: string): Promise<ReadonlyArray<Work>> => {
  const src = "packages/engine/src"
  const { nextGalaxy, makeTurn } = await moduleOf<typeof MakeTurn>(tree, `${src}/turn/makeTurn.ts`)
  const { seal } = await moduleOf<typeof Sealed>(tree, `${src}/host/sealed.ts`)
  const games = players.map((count) => ({ count, galaxy: mature(count) }))
  return [
    ...games.map(({ count, galaxy }): Work => {
      const decisions = decisionsFor(galaxy)
      return { name: `a turn of ${count}`, once: () => nextGalaxy(galaxy, decisions), text: canonical }
    }),
    ...games.map(({ count, galaxy }): Work => {
      const decisions = decisionsFor(galaxy)
      return {
        name: `a turn of ${count}, with all reports`,
        once: () => makeTurn(galaxy, decisions),
        text: canonical
      }
    }),
    ...games.map(({ count, galaxy }): Work => {
      const made = nextGalaxy(galaxy, decisionsFor(galaxy))
      const log = JSON.parse(withoutMessages(made.log)) as ReadonlyArray<StateJson>
      return {
        name: `state and log of ${count}, sealed`,
        once: () => [seal("galaxy", made.galaxy), seal("turn", { log })],
        text: String
      }
    })
  ]
}

/** All works of a tree, and what ends them. */
export const worksOf = async (tree: string) => {
  const engine = await startEngine(tree)
  return {
    works: [...(await inMemory(tree)), ...engine.works],
    end: async () => {
      await engine.end()
      rmSync(engine.folder, { recursive: true, force: true })
    }
  }
}
