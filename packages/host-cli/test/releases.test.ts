/** A server of another release answers otherwise: a command shows what is there, or says that it can't read it. */
import { expect, it } from "vitest"
import { cli, json } from "./cli.ts"
import { exampleOf } from "./examples.ts"
import { present, sampleServer } from "./samples.ts"

type Change = (value: unknown, depth: number) => unknown

const changed = (value: unknown, change: Change, depth = 0): unknown => {
  const it = depth === 0 ? value : change(value, depth)
  if (Array.isArray(it)) return it.map((each) => changed(each, change, depth + 1))
  if (typeof it !== "object" || it === null) return it
  return Object.fromEntries(Object.entries(it).map(([key, each]) => [key, changed(each, change, depth + 1)]))
}

const isText = (value: unknown) => typeof value === "string"

const changes: Readonly<Record<string, Change>> = {
  "without fields": (value, depth) => (depth === 1 ? undefined : value),
  "of nothing": (value, depth) => (depth === 1 ? null : value),
  "without inner fields": (value, depth) => (depth > 1 && typeof value !== "object" ? undefined : value),
  "of numbers for texts": (value) => (isText(value) ? 7 : value),
  "of unknown words": (value) => (isText(value) ? "constructor" : value),
  "of texts for the rest": (value) =>
    typeof value === "number" || typeof value === "boolean" ? "2026-99-99T99:99:99Z" : value,
  "of times that are none": (value) => (isText(value) ? "2026-99-99T99:99:99Z" : value),
  "of lists of nothing": (value) => (Array.isArray(value) ? [null] : value),
  "of documents for lists": (value) => (Array.isArray(value) ? {} : value)
}

// What a mutation's answer comes to is the same code for all of them; so is a list's.
const commands = [
  ...(
    ["adminGames.get", "adminGames.members", "adminUsers.list", "adminAudit.get", "adminMail.deliveries"] as const
  ).map(exampleOf),
  [...exampleOf("adminGames.cancel"), "--dry-run"],
  exampleOf("adminUserEnds.softDelete"),
  ["why", "name:Orion"],
  ["doctor"],
  ["whoami"],
  ["game", "pause", "name:Orion"]
]

it.each(Object.entries(changes))("answers %s never break a command", async (_, change) => {
  for (const args of commands) {
    const ran = await cli([...args, "--no-color"], {
      columns: 80,
      answers: ["n"],
      input: "a long password\n",
      now: present,
      fetch: async (request) => json(changed(await sampleServer(request).json(), change))
    })
    const told = `${args.join(" ")}\n${ran.stdout}${ran.stderr}`
    expect(told).not.toContain("A fault of galaxy-admin")
    expect(told).not.toMatch(/undefined|NaN|\[object|Invalid/)
  }
})

it.each(["null", "[]", "7", '"text"', '{"error":null}', '{"error":{"code":"constructor","reason":"toString"}}'])(
  "a refusal of %s is one",
  async (body) => {
    const fetch = () => new Response(body, { status: 400, headers: { "content-type": "application/json" } })
    expect((await cli(["game", "list"], { fetch })).code).toBe(1)
  }
)

it("a list without rows is no empty list, and pages that lead to themselves end", async () => {
  for (const answer of [{}, { games: [], next_cursor: "same" }]) {
    const { code, stderr } = await cli(["game", "list"], { fetch: () => json(answer) })
    expect([code, stderr.includes("can't read")]).toEqual([1, true])
  }
})

it("why shows what an older server knows, and says that it doesn't know the rest", async () => {
  const { code, stdout, stderr } = await cli(["why", "0190a0b0-0000-7000-8000-000000000001"], {
    now: present,
    fetch: () => json({ game_name: "Orion", current_turn: 12, turn_schedule: "0 6 * * *" })
  })
  expect(stdout).toContain('"Orion" is in an unknown state. The server doesn\'t say what is in the way.')
  expect(stdout).toContain("schedule 0 6 * * *")
  expect([code, stderr.includes("can't read")]).toEqual([1, true])
})

it("a filter that a server doesn't know never makes somebody else the target", async () => {
  const users = [{ user_id: "0190a0b0-0000-7000-8000-000000000009", user_name: "Somebody-else", status: "active" }]
  const { code, stderr } = await cli(["user", "get", "name:Player-7k2f"], { fetch: () => json({ users }) })
  expect([code, stderr.includes("There is no user named")]).toEqual([5, true])
})
