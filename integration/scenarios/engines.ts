/** What a game's engine looks like from outside: the platform's word for it, its container, and its own. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { runtimeOf, whyOf } from "../stack/games.ts"
import { untilIt } from "../stack/patience.ts"
import { there } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"

const get = (url: string) =>
  Effect.promise(async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) })
    return { status: answer.status, json: (await answer.json()) as unknown }
  })

/**
 * One container runs for the game. It answers the probe, and anything else only to who has its token. Returns the
 * container's id.
 */
export const engineIsGreen = (gameId: string) =>
  Effect.gen(function* () {
    const { enginesOf } = yield* Stack
    const runtime = yield* runtimeOf(gameId)
    assert.strictEqual(runtime.status, "running")
    assert.deepInclude((yield* whyOf(gameId)).engine, { state: "running" })
    const [engine, ...others] = yield* enginesOf(gameId)
    const { id, url } = yield* there(engine, "the engine's container")
    assert.deepStrictEqual(others, [])
    assert.strictEqual(id, runtime.engine_instance)
    const probe = yield* get(`${url}/healthz`)
    assert.deepStrictEqual(probe, { status: 200, json: { status: "ok", version: runtime.engine_version } })
    assert.strictEqual((yield* get(`${url}/api/v1/admin/status`)).status, 401)
    return id
  })

/** The game's engine is ended when nobody needs it any more. */
export const noEngineRuns = (gameId: string) =>
  Effect.flatMap(Stack, ({ enginesOf }) =>
    untilIt(`the engine of ${gameId} to end`, enginesOf(gameId), (engines) => engines.length === 0)
  )
