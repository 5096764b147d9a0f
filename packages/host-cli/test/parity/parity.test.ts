import { readFileSync } from "node:fs"
import { Galaxy, layer } from "@galaxy/testkit/Galaxy"
import { signIn } from "@galaxy/testkit/players"
import { layer as provided } from "@effect/vitest"
import { Effect } from "effect"
import { operations, specOf } from "galaxy-admin/operations/operations"
import type { Operation } from "galaxy-admin/operations/types"
import { assert } from "vitest"
import { casesOn } from "./cases.ts"
import { type Backend, commandLineDoor, type Outcome, plainHttp, typedClient } from "./doors.ts"

const names = Object.keys(operations) as ReadonlyArray<Operation>

/** Operations of the published document, so that a table of our own can't leave one out. */
const documented = (): ReadonlyArray<string> => {
  const text = readFileSync(new URL("../../../../docs/reference/openapi.json", import.meta.url), "utf8")
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> }
  return Object.entries(paths)
    .filter(([path]) => path.startsWith("/api/v1/admin/") && !path.startsWith("/api/v1/admin/dry-run/"))
    .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId))
}

/**
 * What differs between targets that are alike: ids, times, hashes, the number of the door in a name, and whether an engine
 * was looked at meanwhile, which happens by itself.
 */
const alike = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "<time>")
      .replaceAll(/[0-9a-f]{64}/g, "<hash>")
      .replaceAll(/"health":"(healthy|unknown)",?|"(health_since|last_observed_at)":"<time>",?/g, "")
      .replaceAll(/,(?=\})/g, "")
      .replaceAll(/"(seconds_since_pass|size_bytes|member_count|\w*_ms|free_bytes|total_bytes)":-?[\d.]+/g, '"$1":0')
      .replaceAll(/[a-z]{6}-\d{5}|player[0-9]+|Race[0-9]+|(?<=[-.])\d(?=")/gi, "<n>")
  )

/** JSON of a list is `{"items":[…]}` on the command line; a list of the API names its rows. */
const rowsOf = (operation: Operation, answer: unknown): unknown => {
  const { rows } = specOf(operation)
  return rows === undefined || typeof answer === "string" ? answer : (answer as Readonly<Record<string, unknown>>)[rows]
}
const itemsOf = (operation: Operation, answer: unknown): unknown =>
  specOf(operation).rows === undefined || typeof answer === "string" ? answer : (answer as { items: unknown }).items

/** A machine that is busy may answer that it is; that isn't what is tried here. */
const patiently = (name: string) => Effect.retry(signIn(name), { times: 5 })

const setUp = Effect.gen(function* () {
  const galaxy = yield* Galaxy
  const backend: Backend = { url: galaxy.backendUrl, ...galaxy.admin }
  const http = plainHttp(backend)
  const game = yield* Effect.promise(() =>
    http("adminGames.create", {
      body: { game_name: "Open", min_players: 1, max_players: 20, turn_schedule: "0 6 * * *" }
    })
  )
  const openGame = (game.answer as { game_id: string }).game_id
  yield* Effect.promise(() => http("adminGames.openEnrollment", { params: { game_id: openGame } }))
  const people = yield* Effect.forEach(
    [0, 1, 2, 3, 4, 5],
    (n) =>
      Effect.gen(function* () {
        const player = yield* patiently(`player${n}`)
        const application = yield* player.client.call("lobby.applications.submit", {
          game_id: openGame,
          race_name: `Race${n}`
        })
        const account = yield* player.client.call("user.account.get", {})
        return { user: player.userId, name: account.user_name, application: application.application_id }
      }),
    { concurrency: 2 }
  )
  const spare = yield* patiently("player6")
  const context = yield* Effect.context()
  const apply = (game_id: string) =>
    Effect.runPromiseWith(context)(
      Effect.map(
        spare.client.call("lobby.applications.submit", { game_id, race_name: "Race6" }),
        (it) => it.application_id
      )
    )
  const cases = casesOn(backend, {
    apply,
    users: people.map((it) => it.user),
    names: people.map((it) => it.name),
    openGame,
    applications: people.map((it) => it.application)
  })
  return { backend, cases }
})

/** `doctor` adds what only its own side sees to the server's findings. */
const withoutOwnFindings = (answer: unknown): unknown => {
  const { findings, ...rest } = answer as { findings?: ReadonlyArray<{ id: string }> }
  if (findings === undefined || !("workers" in rest)) return answer
  const own = new Set(["server", "release", "clock.here"])
  return { ...rest, findings: findings.filter(({ id }) => !own.has(id)) }
}

/** An application is decided before its player is banned; ends of players come last. */
const last: ReadonlyArray<Operation> = [
  "adminGames.banMember",
  "adminUserEnds.applySanction",
  "adminUsers.liftSanction",
  "adminUserEnds.softDelete"
]

provided(layer(), { timeout: "3 minutes" })("every admin operation", (it) => {
  it.effect("answers alike by command line, typed client and plain HTTP, with one audit row for each", () =>
    Effect.gen(function* () {
      const { backend, cases } = yield* setUp
      const [line, client, http] = [commandLineDoor(backend), typedClient(backend), plainHttp(backend)]
      const wrong: Array<unknown> = []
      const audited = async ({ requestId }: Outcome) => {
        const { answer } = await http("adminAudit.list", { query: { request_id: requestId } })
        return (answer as { audit: ReadonlyArray<unknown> }).audit.length
      }
      const refused: Array<string> = []
      const one = async (operation: Operation) => {
        const [first, second, third] = [await cases[operation](0), await cases[operation](1), await cases[operation](2)]
        const byLine = await line(operation, first.input, first.confirm)
        const byClient = await client(operation, second.input)
        const byHttp = await http(operation, third.input)
        const answers = [
          withoutOwnFindings(itemsOf(operation, byLine.answer)),
          rowsOf(operation, byClient.answer),
          rowsOf(operation, byHttp.answer)
        ].map(alike)
        // What other doors get as a header is a field of the command line's document.
        const wantedOfLine = byHttp.unchanged === true ? { ...(answers[2] as object), changed: false } : answers[2]
        assert.deepStrictEqual(answers[0], wantedOfLine, operation)
        assert.deepStrictEqual(answers[1], answers[2], operation)
        if (typeof byHttp.answer === "string") refused.push(`${operation}: ${byHttp.answer}`)
        const wanted = specOf(operation).tier === "read" || typeof byHttp.answer === "string" ? 0 : 1
        const counts = [await audited(byLine), await audited(byClient), await audited(byHttp)]
        if (counts.some((count) => count !== wanted)) wrong.push({ operation, counts, wanted })
      }
      for (const operation of names.toSorted((a, b) => last.indexOf(a) - last.indexOf(b)))
        yield* Effect.promise(() => one(operation))
      assert.deepStrictEqual(wrong, [])
      // What these targets refuse, alike by all doors; everything else has been done.
      assert.deepStrictEqual(refused.toSorted(), [
        "adminEngineHosts.forget: conflict/in_use",
        "adminGames.retryStart: conflict/wrong_state",
        "adminMail.resend: conflict/sent_already",
        "adminNotifications.resendByChannel: not_found/"
      ])
    })
  )

  it.effect("of the published document has a command", () =>
    Effect.sync(() => assert.deepStrictEqual(documented().toSorted(), names.toSorted()))
  )
})
