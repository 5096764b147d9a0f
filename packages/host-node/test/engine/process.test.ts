import { spawn } from "node:child_process"
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { readSettings } from "@galaxy/host-node/engine/settings"
import { describe, expect, it } from "vitest"
import { Redacted } from "effect"
import { type Answer, command, type EngineProcess, inherited, initBody, token, withFolder } from "./EngineProcess.ts"

const orders = (name: string, planet: number) => ({
  actor: "Terrans",
  orders: [{ op: "rename_planet", planet, name }]
})

describe("an engine process", () => {
  it("says where it listens, and stops at once when told to", () =>
    withFolder(async (start) => {
      const began = performance.now()
      const engine = start({ GALAXY_ENGINE_VERSION: "1.2.3" })
      const line = await engine.listening()
      const startTook = performance.now() - began
      expect(line).toEqual({ event: "listening", port: expect.any(Number), version: "1.2.3" })
      expect((await engine.call("GET", "/healthz")).json).toEqual({ status: "ok", version: "1.2.3" })
      const told = performance.now()
      expect(await engine.end("SIGTERM")).toEqual({ code: 0, signal: null })
      // A connection that is kept has 5 s. A machine that is slow at starting it may be as slow at this.
      expect(performance.now() - told).toBeLessThan(Math.max(4_500, 2 * startTook))
      expect(engine.stderr).toBe("")
    }))

  it("ends with its parent, and leaves an interrupted terminal to it", () =>
    withFolder(async (start) => {
      const engine = start({ GALAXY_EXIT_WITH_PARENT: "1" })
      await engine.listening()
      engine.child.kill("SIGINT")
      expect((await engine.call("GET", "/healthz")).status).toBe(200)
      engine.child.stdin?.end()
      expect(await engine.ended).toEqual({ code: 0, signal: null })
    }))

  it("goes on where it ended", () =>
    withFolder(async (start) => {
      const first = start()
      await first.listening()
      await first.call("POST", "/api/v1/admin/init", initBody)
      const made = await first.call("POST", "/api/v1/admin/turn", { turn: 1 })
      await first.end("SIGTERM")
      const second = start()
      await second.listening()
      expect((await second.call("GET", "/api/v1/admin/status")).json).toEqual(made.json)
      expect((await second.call("POST", "/api/v1/admin/turn", { turn: 1 })).json).toEqual(made.json)
    }))

  it("refuses wrong settings, a line for each", () =>
    withFolder(async (start) => {
      const engine = start({
        GALAXY_STATE_DIR: "",
        GALAXY_ENGINE_ADDR: "here",
        GALAXY_ENGINE_TOKEN: "",
        GALAXY_EXIT_WITH_PARENT: "yes"
      })
      expect(await engine.ended).toEqual({ code: 2, signal: null })
      expect(engine.stderr.trim().split("\n")).toEqual([
        "galaxy-engine: GALAXY_STATE_DIR: must be set to the folder of the game's state",
        "galaxy-engine: GALAXY_ENGINE_ADDR: must be host:port, such as 127.0.0.1:0",
        "galaxy-engine: GALAXY_ENGINE_TOKEN: must be set to the token that callers have to send",
        "galaxy-engine: GALAXY_EXIT_WITH_PARENT: must be 0 or 1"
      ])
    }))

  it("answers the platform alone, whatever way others ask", () =>
    withFolder(async (start) => {
      const engine = start()
      await engine.listening()
      await engine.call("POST", "/api/v1/admin/init", initBody)
      const asked = async (method: string, path: string, authorization: string) =>
        (await engine.fetch(method, path, { headers: { authorization } })).status
      for (const path of ["/api/v1/admin/status", "/API/v1/admin/%73tatus", "/healthz/", "/HEALTHZ", "/nowhere"]) {
        for (const wrong of ["", "Bearer", `Bearer ${token} `.slice(0, -2), `Basic ${token}`, `Bearer x${token}`]) {
          expect([path, wrong, await asked("GET", path, wrong)]).toEqual([path, wrong, 401])
        }
      }
      expect(await asked("POST", "/healthz", "")).toBe(401)
      expect(await asked("GET", "/healthz?x=1", "")).toBe(200)
      expect(await asked("GET", "/api/v1/admin/status", `bearer ${token}`)).toBe(200)
      const big = await engine.fetch("PUT", "/api/v1/order", { headers: { authorization: "" }, body: "x".repeat(3e6) })
      expect([big.status, big.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
      expect(engine.stderr).not.toContain(token)
    }))

  it("refuses a broken state, names the file and is not worth trying again", () =>
    withFolder(async (start, folder) => {
      const first = start()
      await first.listening()
      await first.call("POST", "/api/v1/admin/init", initBody)
      await first.end("SIGTERM")
      const file = join(folder, "state", "galaxy", "0000000.json")
      await writeFile(file, (await readFile(file, "utf8")).replace("Terrans", "Lyrans2"))
      const second = start()
      expect(await second.listening()).toBeUndefined()
      expect(await second.ended).toEqual({ code: 2, signal: null })
      expect(second.stderr).toBe("galaxy-engine: state file galaxy/0000000.json does not match its digest\n")
    }))

  it.each([
    [
      "a file",
      (folder: string) => mkdir(join(folder, "galaxy/0000001.json"), { recursive: true }),
      "galaxy/0000001.json"
    ],
    ["a folder", (folder: string) => writeFile(join(folder, "orders/0000000"), ""), "orders/0000000"],
    [
      "a regular file",
      (folder: string) => symlink("/dev/zero", join(folder, "turns/0000001.json")),
      "turns/0000001.json"
    ],
    ["a lock", (folder: string) => mkdir(join(folder, "lock")), "lock"]
  ])("refuses a state that has something else in place of %s", (_, put, name) =>
    withFolder(async (start, folder) => {
      const first = start()
      await first.listening()
      await first.call("POST", "/api/v1/admin/init", initBody)
      await first.call("POST", "/api/v1/admin/turn", { turn: 1 })
      await first.end("SIGTERM")
      await rm(join(folder, "state", name), { recursive: true, force: true })
      await put(join(folder, "state"))
      const second = start()
      expect(await second.listening()).toBeUndefined()
      expect(await second.ended).toEqual({ code: 2, signal: null })
      expect(second.stderr).toMatch(new RegExp(`^galaxy-engine: state file ${name} is not a (file|folder)\\n$`))
    })
  )

  it("refuses a place where no folder can be", () =>
    withFolder(async (start, folder) => {
      await writeFile(join(folder, "file"), "")
      const onFile = start({ GALAXY_STATE_DIR: join(folder, "file") })
      expect(await onFile.ended).toEqual({ code: 2, signal: null })
      const nowhere = start({ GALAXY_STATE_DIR: "/proc/galaxy/state" })
      expect((await nowhere.ended).code).toBe(1)
      expect(nowhere.stderr).toContain("the state folder can't be used")
    }))

  it.skipIf(process.platform !== "linux")("takes over from one that is dead, though its parent never asked", () =>
    withFolder(async (start, folder) => {
      // The shell starts an engine and becomes a program that never asks how its children end.
      const parent = spawn("/bin/sh", ["-c", '"$0" "$@" & echo $!; exec sleep 60', ...command], {
        env: { ...inherited(), GALAXY_STATE_DIR: join(folder, "state"), GALAXY_ENGINE_TOKEN: token },
        stdio: ["ignore", "pipe", "ignore"]
      })
      try {
        let said = ""
        for await (const part of parent.stdout) if ((said += String(part)).includes("listening")) break
        process.kill(Number(/^\d+$/m.exec(said)?.[0]), "SIGKILL")
        const second = start()
        expect(await second.listening()).toMatchObject({ event: "listening" })
      } finally {
        parent.kill("SIGKILL")
      }
    })
  )

  it("refuses a folder that another one uses, and takes it over when that is killed", () =>
    withFolder(async (start) => {
      const first = start()
      await first.listening()
      await first.call("POST", "/api/v1/admin/init", initBody)
      const second = start()
      expect(await second.listening()).toBeUndefined()
      expect(await second.ended).toEqual({ code: 1, signal: null })
      expect(second.stderr).toMatch(/^galaxy-engine: state folder .* is in use by process \d+ .*\n$/)
      expect((await first.call("GET", "/healthz")).status).toBe(200)
      await first.end("SIGKILL")
      const third = start()
      await third.listening()
      expect((await third.call("GET", "/api/v1/admin/status")).json.turn).toBe(0)
    }))

  it("refuses a port that is taken", () =>
    withFolder(async (start, folder) => {
      const first = start()
      const line = await first.listening()
      const second = start({
        GALAXY_STATE_DIR: join(folder, "other"),
        GALAXY_ENGINE_ADDR: `127.0.0.1:${line?.port}`
      })
      expect(await second.ended).toEqual({ code: 1, signal: null })
      expect(second.stderr).toContain("EADDRINUSE")
    }))

  it("that is killed while it works has lost nothing that it answered", () =>
    withFolder(async (start) => {
      let engine: EngineProcess = start()
      await engine.listening()
      await engine.call("POST", "/api/v1/admin/init", initBody)
      const report: Answer = await engine.call("GET", "/api/v1/report?race=Terrans")
      const planet: number = report.json.my_planets[0].number
      let turn = 0
      let named = ""
      for (let round = 0; round < 8; round++) {
        // Some calls that are answered, then one that is under way when the process is killed.
        for (let call = 0; call <= round % 3; call++) {
          named = `Name_${round}_${call}`
          expect((await engine.call("PUT", "/api/v1/order", orders(named, planet))).status).toBe(200)
        }
        const makesTurn = round % 2 === 0
        const last = makesTurn
          ? engine.call("POST", "/api/v1/admin/turn", { turn: turn + 1 })
          : engine.call("PUT", "/api/v1/order", orders(`Last_${round}`, planet))
        const answered = last.then(
          () => true,
          () => false
        )
        // From not at all to as long as it takes.
        if (round === 6) await answered
        else for (let wait = 0; wait < round * 1000; wait++) await new Promise((resolve) => setImmediate(resolve))
        await engine.end("SIGKILL")
        const wasAnswered = await answered

        engine = start()
        await engine.listening()
        const status: Answer = await engine.call("GET", "/api/v1/admin/status")
        const reached: number = status.json.turn
        expect(makesTurn && !wasAnswered ? [turn, turn + 1] : [makesTurn ? turn + 1 : turn]).toContain(reached)
        const standing: Answer = await engine.call("GET", `/api/v1/order?race=Terrans&turn=${turn}`)
        const names = standing.json.orders.map((it: { readonly name: string }) => it.name)
        const possible = makesTurn ? [named] : wasAnswered ? [`Last_${round}`] : [named, `Last_${round}`]
        expect(possible).toContain(names[0])
        for (let past = 0; past <= reached; past++) {
          expect((await engine.call("GET", `/api/v1/report?race=Lyrans&turn=${past}`)).json.turn).toBe(past)
        }
        turn = reached
      }
      expect(turn).toBeGreaterThan(0)
    }))
})

describe("settings of an engine process", () => {
  it("have their defaults, and know addresses of both kinds", () => {
    const given = { GALAXY_STATE_DIR: "/x", GALAXY_ENGINE_TOKEN: "secret" }
    expect(readSettings(given)).toEqual({
      stateDir: "/x",
      host: "127.0.0.1",
      port: 0,
      version: "0.1.0",
      token: Redacted.make("secret"),
      allowedHosts: [],
      exitWithParent: false
    })
    expect(readSettings({ ...given, GALAXY_ENGINE_ADDR: "[::1]:8080" })).toMatchObject({
      host: "::1",
      port: 8080
    })
    for (const addr of ["", "8080", "localhost", "localhost:", "localhost:70000", "::1:80", "a:b:1"]) {
      expect(readSettings({ ...given, GALAXY_ENGINE_ADDR: addr })).toEqual([
        "GALAXY_ENGINE_ADDR: must be host:port, such as 127.0.0.1:0"
      ])
    }
  })
})
