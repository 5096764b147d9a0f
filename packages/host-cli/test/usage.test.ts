import { describe, expect, it } from "vitest"
import { cli, json } from "./cli.ts"

describe("wrong usage", () => {
  it("is told on standard error with a suggestion and the way to help, and exits with 64", async () => {
    const { code, stdout, stderr } = await cli(["gaem", "list"])
    expect([code, stdout]).toEqual([64, ""])
    expect(stderr).toContain('There is no command "gaem".')
    expect(stderr).toContain("Did you mean game?")
    expect(stderr).toContain("Try: galaxy-admin --help")
  })

  it("names everything that is required and missing at once", async () => {
    const create = (...given: ReadonlyArray<string>) => cli(["game", "create", ...given])
    expect((await create("--name", "Orion", "--min-players=2")).stderr).toContain(
      "The flags --max-players and --schedule are required."
    )
    expect((await create("--name", "Orion", "--min-players", "2", "--max-players", "3")).stderr).toContain(
      "The flag --schedule is required."
    )
  })

  it("is one line of JSON where JSON was asked for", async () => {
    const { code, stdout, stderr } = await cli(["game", "list", "--limt", "3", "-o", "json"])
    expect([code, stdout]).toEqual([64, ""])
    expect(stderr.trimEnd()).not.toContain("\n")
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "usage", exit_code: 64 } })
  })

  it("names the flag that answers a question nobody can be asked", async () => {
    const { code, stdout, stderr } = await cli(["game", "pause", "0190a0b0-0000-7000-8000-000000000001"])
    expect([code, stdout]).toEqual([64, ""])
    expect(stderr).toContain("--yes")
  })
})

describe("help", () => {
  it("goes to standard output with exit code 0, for a noun without a verb too", async () => {
    for (const args of [["--help"], ["game", "--help"], ["game"]]) {
      const { code, stdout, stderr } = await cli(args)
      expect([code, stderr]).toEqual([0, ""])
      expect(stdout).toContain("Usage\n  galaxy-admin")
    }
  })
})

describe("--columns", () => {
  const list = (games: ReadonlyArray<object>, columns: string) =>
    cli(["game", "list", "--columns", columns], { fetch: () => json({ games }) })

  it("takes every field of the contract, whatever the first row has, and refuses others", async () => {
    const rows = [{ game_id: "a" }, { game_id: "b", failure_reason: "no image" }]
    const shown = await list(rows, "game_id,failure_reason")
    expect([shown.code, shown.stdout]).toEqual([0, "a\t\nb\tno image\n"])
    const refused = await list(rows, "game_id,nonsense")
    expect([refused.code, refused.stdout]).toEqual([64, ""])
    expect(refused.stderr).toContain("failure_reason")
    expect((await list([], "game_id,nonsense")).code).toBe(0)
  })
})
