/** A game that is taken in is whole or not there, whatever ends the engine in between. */
import { cp, mkdir, readdir, rename } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { type EngineProcess, withFolder } from "./EngineProcess.ts"

const init = {
  game_id: "6b1d3f0e-8c5a-4c0e-9f43-2a7f5d9e1b01",
  seed: "transfer",
  races: [
    { name: "Terrans", player_id: "0f9a2c5e-1d7b-4e3a-8c60-b4d1e2f3a501" },
    { name: "Lyrans", player_id: "0f9a2c5e-1d7b-4e3a-8c60-b4d1e2f3a502" }
  ]
}

/** A game of two turns in the folder. */
const play = async (engine: EngineProcess): Promise<void> => {
  await engine.listening()
  await engine.call("POST", "/api/v1/admin/init", init)
  for (const turn of [1, 2]) await engine.call("POST", "/api/v1/admin/turn", { turn })
  await engine.end("SIGTERM")
}

const statusIn = async (engine: EngineProcess) => {
  await engine.listening()
  const { status, json } = await engine.call("GET", "/api/v1/admin/status")
  await engine.end("SIGTERM")
  return [status, json.turn]
}

it("is moved to its places at the next start, once it was checked", () =>
  withFolder(async (start, folder) => {
    await play(start())
    for (const moved of [[], ["computers", "banished"], ["computers", "banished", "orders", "turns"]]) {
      const state = join(folder, `of-${moved.length}`)
      const checked = join(state, ".checked")
      await mkdir(state)
      await cp(join(folder, "state"), checked, { recursive: true, filter: (path) => !path.endsWith("lock") })
      // Where an earlier start was killed, some folders are in their places already.
      for (const name of moved) await rename(join(checked, name), join(state, name))
      expect(await statusIn(start({ GALAXY_STATE_DIR: state }))).toEqual([200, 2])
      expect(await readdir(state)).not.toContain(".checked")
      expect(await statusIn(start({ GALAXY_STATE_DIR: state }))).toEqual([200, 2])
    }
  }))

it("is nothing while it was only put", () =>
  withFolder(async (start, folder) => {
    await play(start())
    const state = join(folder, "of-put")
    await mkdir(state)
    await cp(join(folder, "state"), join(state, ".incoming"), { recursive: true })
    expect(await statusIn(start({ GALAXY_STATE_DIR: state }))).toEqual([409, undefined])
    expect(await readdir(state)).not.toContain(".incoming")
  }))
