/** What was so already is told: in text, in JSON, and of each of several targets. */
import { expect, it } from "vitest"
import { cli, json } from "./cli.ts"

const [first, second] = ["0190a0b0-0000-7000-8000-000000000001", "0190a0b0-0000-7000-8000-000000000002"] as const

/** The first game is paused already. */
const server = (request: Request) => {
  const { pathname } = new URL(request.url)
  const id = pathname.split("/").find((it) => it.startsWith("0190")) ?? ""
  const answer = json({ game_id: id, game_name: "Orion", status: "paused" })
  if (request.method === "POST" && id === first) answer.headers.set("x-galaxy-unchanged", "true")
  return answer
}

const pause = (...args: ReadonlyArray<string>) =>
  cli(["game", "pause", ...args, "--yes"], { fetch: server, input: `${first}\n${second}\n` })

it("as JSON", async () => {
  const [same, changed] = [await pause(first, "-o", "json"), await pause(second, "-o", "json")]
  expect([same.code, JSON.parse(same.stdout)]).toEqual([
    0,
    expect.objectContaining({ status: "paused", changed: false })
  ])
  expect([changed.code, JSON.parse(changed.stdout)]).toEqual([0, expect.not.objectContaining({ changed: false })])
})

it("as text", async () => {
  expect((await pause(first)).stdout).toContain("changed\tno\n")
  expect((await pause(second)).stdout).not.toContain("changed")
})

it("of each of several", async () => {
  expect((await pause("-")).stdout).toBe(`${first}\tso already\n${second}\tdone\n`)
})

it("a dry run isn't told to have changed nothing: its answer has before and after", async () => {
  expect(JSON.parse((await pause(first, "--dry-run", "-o", "json")).stdout)).not.toHaveProperty("changed")
})
