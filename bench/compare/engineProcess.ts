/** An engine as the platform runs it: a child process of one tree, with its REST surface and its state folder. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import type * as Sealed from "@galaxy/engine/host/sealed"
import { decisionsFor, mature } from "../games.ts"
import { moduleOf } from "./moduleOf.ts"
import { type Work, withoutMessages } from "./Work.ts"

const players = 10
const token = "bench"

/** A state folder whose turn 0 is a game in its middle, in the tree's own format. */
const stateFolder = async (tree: string): Promise<string> => {
  const { seal } = await moduleOf<typeof Sealed>(tree, "packages/engine/src/host/sealed.ts")
  const folder = mkdtempSync(join(tmpdir(), "galaxy-bench-"))
  const galaxy = { ...mature(players), turn: 0 }
  const { game_id, turn } = galaxy
  const files = [
    ["galaxy", seal("galaxy", galaxy)],
    ["turns", seal("turn", { game_id, turn, log: [] })]
  ] as const
  for (const [name, text] of files) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, "0000000.json"), text)
  }
  return folder
}

/** Starts the engine of a tree. Its works go on with the same game, one turn each time. */
export const startEngine = async (tree: string) => {
  const folder = await stateFolder(tree)
  const main = resolve(tree, "packages/host-node/src/engine/main.ts")
  const child = spawn(process.execPath, ["--conditions=@galaxy/source", main], {
    env: { ...process.env, GALAXY_STATE_DIR: folder, GALAXY_ENGINE_TOKEN: token, GALAXY_EXIT_WITH_PARENT: "1" },
    stdio: ["pipe", "pipe", "inherit"]
  })
  const ended = once(child, "close")
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string]
  const { port } = JSON.parse(line) as { readonly port: number }

  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text
  }

  const game = mature(players)
  const lists = decisionsFor(game).orders
  let turn = 0
  const giveOrders = async () => {
    for (const [race, orders] of lists) {
      await call("PUT", "/order", { actor: game.races[race]?.name, turn, orders })
    }
  }
  const makeTurn = () => call("POST", "/admin/turn", { turn: ++turn })
  const reports = async () => {
    const texts: Array<string> = []
    for (const { name } of game.races) texts.push(await call("GET", `/report?race=${name}`))
    return texts
  }

  return {
    folder,
    giveOrders,
    makeTurn,
    reports,
    end: async () => {
      child.stdin.end()
      await ended
    }
  }
}

type Engine = Awaited<ReturnType<typeof startEngine>>

const planned = (name: string, text: Work["text"], once: (engine: Engine) => Promise<unknown>) => ({
  name,
  work: (engine: Engine): Work => ({
    name,
    elsewhere: true,
    prepare: engine.giveOrders,
    once: () => once(engine),
    text
  })
})

/** Turns of the process: each goes on with the same game. */
export const processWorks = [
  planned(`a turn of ${players} in a process`, String, (engine) => engine.makeTurn()),
  planned(
    `a turn of ${players} in a process, with all reports`,
    (texts) => withoutMessages((texts as ReadonlyArray<string>).map((it) => JSON.parse(it) as unknown)),
    async (engine) => [await engine.makeTurn(), ...(await engine.reports())]
  )
]
