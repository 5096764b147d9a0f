/** The command `galaxy-conformance`: what it understands, and how it tells what it found. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { hasForTests } from "../../../../scripts/lib/hasForTests.ts"
import { type Plan, readPlan } from "@galaxy/testkit/conformance/plan"
import { builtin, parseSamples, validOrder } from "@galaxy/testkit/conformance/samples"

const files: Readonly<Record<string, string>> = {
  "samples.json": '{"valid":{"op":"move","unit":"{units.1.id}"},"refused":{"op":"fly"}}',
  "broken.json": "{",
  "half.json": '{"valid":{}}',
  "list.json": "[]"
}
const read = (file: string): string => {
  const text = files[file]
  if (text === undefined) throw new Error("no such file")
  return text
}
const plan = (...args: ReadonlyArray<string>) => readPlan(args, "/here", read)

describe("the command line of conformance", () => {
  it("takes a program with arguments of its own, after two dashes or not", () => {
    const asked = { program: "python3", args: ["engine.py", "--port", "0"], cwd: "/here", samples: builtin }
    expect(plan("python3", "engine.py", "--port", "0")).toEqual(asked)
    expect(plan("--", "python3", "engine.py", "--port", "0")).toEqual(asked)
    const withFiles = plan("--orders", "samples.json", "--options=samples.json", "--", "./engine") as Plan
    expect([withFiles.program, withFiles.args]).toEqual(["./engine", []])
    expect(withFiles.samples.refused).toEqual({ op: "fly" })
    expect(withFiles.options).toHaveProperty("valid")
  })

  it.each([
    [[], "the program is missing"],
    [["--orders", "samples.json"], "the program is missing"],
    [["--nonsense", "engine"], "Unknown option '--nonsense'"],
    [["--orders", "nowhere.json", "engine"], "nowhere.json: no such file"],
    [["--orders", "broken.json", "engine"], "broken.json: "],
    [["--orders", "half.json", "engine"], 'half.json: samples are a JSON object with the orders "valid" and "refused"'],
    [["--options", "list.json", "engine"], "list.json: it is not a JSON object"]
  ])("says what is wrong with %j", (args, problem) => {
    expect(plan(...args)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it("has a help", () => expect(plan("--help")).toBe("help"))
})

describe("a sample", () => {
  const report = { units: [{ id: 1 }, { id: 2, at: "Vega" }], turn: 3 }
  const filled = (valid: string, number = 7) =>
    validOrder(parseSamples(`{"valid":${valid},"refused":{}}`), report, number)

  it("is filled from the number and the report", () => {
    expect(
      filled('{"op":"move","unit":"{units.1.id}","name":"N{number}-{units.1.at}","deep":[{"n":"{number}"}],"x":1}')
    ).toEqual({
      op: "move",
      unit: 2,
      name: "N7-Vega",
      deep: [{ n: 7 }],
      x: 1
    })
  })

  it("that asks for what isn't there says so", () => {
    expect(() => filled('{"unit":"{units.9.id}"}')).toThrow("the report has nothing at units.9.id")
    expect(() => filled('{"unit":"{units.constructor}"}')).toThrow("the report has nothing at units.constructor")
  })
})

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** The longest that a whole suite takes on a machine that is busy with other things. */
const patience = 300_000

// Where the command puts state folders: it leaves nothing there.
const temporary = mkdtempSync(join(tmpdir(), "galaxy-conformance-"))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const run = (script: string, args: ReadonlyArray<string>, cwd?: string) =>
  spawnSync(process.execPath, ["--conditions=@galaxy/source", pathOf(script), ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, TMPDIR: temporary },
    encoding: "utf8",
    timeout: patience
  })
const conformance = (...args: ReadonlyArray<string>) => run("packages/testkit/src/conformance/bin.ts", args)

describe("galaxy-conformance", () => {
  it("says once what is wrong with a program that is no engine", () => {
    const ended = conformance(process.execPath, "-e", 'console.error("no such folder"); process.exit(3)')
    expect(ended.status).toBe(1)
    expect(ended.stdout).toContain("it ended (exit code 3) before it listened; it said: no such folder")
    expect(ended.stdout).toMatch(/No check was run\.\n$/)
    const chatty = conformance(process.execPath, "-e", 'console.log("Hello"); setInterval(() => {}, 1e9)')
    expect(chatty.status).toBe(1)
    expect(chatty.stdout).toContain("the first line on standard output isn't")
  })

  it("reports each check that fails, and ends with the numbers and code 1", { timeout: patience }, () => {
    const program = `
      const server = require("node:http").createServer((_, answer) => answer.writeHead(404).end())
      server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ event: "listening", port: server.address().port })))
      process.stdin.resume().on("end", () => process.exit(0))`
    const ended = conformance(process.execPath, "-e", program)
    expect(ended.status).toBe(1)
    expect(ended.stderr).toBe("")
    const lines = ended.stdout.trim().split("\n")
    const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(lines.at(-1) ?? "") ?? []
    const begin = (mark: string) => lines.filter((it) => it.startsWith(mark)).length
    expect([begin("  passed  "), begin("  FAILED  "), begin("  skipped ")]).toEqual(
      [passed, failed, skipped].map(Number)
    )
    expect(Number(failed)).toBeGreaterThan(Number(passed))
  })

  it("refuses wrong arguments with code 2, and tells how it is used with code 0", () => {
    const problem = expect.stringContaining("galaxy-conformance: the program is missing")
    expect(conformance()).toMatchObject({ status: 2, stderr: problem, stdout: "" })
    expect(conformance("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("PROGRAM [ARGUMENT]") })
    expect(run("scripts/conformance.ts", [])).toMatchObject({ status: 2, stderr: problem })
  })
})

const python = hasForTests(
  spawnSync("python3", ["--version"]).status === 0,
  "the conformance of the engine in Python (there is no python3)"
)

describe.runIf(python)("an engine in another language", () => {
  it("passes as its own test script runs it", { timeout: patience }, () => {
    const folder = pathOf("examples/engine-python")
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly scripts: { readonly test: string }
    }
    const [command, ...args] = manifest.scripts.test.split(" ")
    expect(command).toBe("galaxy-conformance")
    // With -B, Python writes no files of its own beside the sources.
    const ended = run("packages/testkit/src/conformance/bin.ts", args.toSpliced(-1, 0, "-B"), folder)
    expect(ended.stdout).toMatch(/\n\d\d+ passed, 0 failed, \d+ skipped\n$/)
    expect(ended.status).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
  })
})
