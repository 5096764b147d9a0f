/** The command `npm run conformance`: what it understands, and that it fails for what is no engine. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { type Plan, readPlan } from "./plan.ts"
import { builtin, parseSamples, validOrder } from "./samples.ts"

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

describe("npm run conformance", () => {
  const run = (...args: ReadonlyArray<string>) =>
    spawnSync(
      process.execPath,
      ["--conditions=@galaxy/source", fileURLToPath(new URL("../conformance.ts", import.meta.url)), ...args],
      { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } }
    )

  it("fails for a program that is no engine, and says what it did", { timeout: 120_000 }, () => {
    const ended = run(process.execPath, "-e", 'console.error("no such folder"); process.exit(3)')
    expect(ended.status).toBe(1)
    expect(ended.stdout).toMatch(/Tests +\d+ failed/)
    expect(ended.stdout).not.toMatch(/\d+ passed/)
    expect(ended.stderr).toContain("it ended (exit code 3) before it listened; it said: no such folder")
    const chatty = run(process.execPath, "-e", 'console.log("Hello"); setInterval(() => {}, 1e9)')
    expect(chatty.status).toBe(1)
    expect(chatty.stderr).toContain("the first line on standard output isn't")
  })

  it("refuses wrong arguments with code 2, and tells how it is used with code 0", () => {
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining("conformance: the program is missing") })
    expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("npm run conformance -- ") })
  })
})
