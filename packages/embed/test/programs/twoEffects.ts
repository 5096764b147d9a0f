/**
 * A program with a copy of Effect of its own: what crosses between it and the Galaxy are plain values and Promises. Prints
 * what came across.
 */
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { CallRefused } from "@galaxy/embed/lobby"
import { kind } from "@galaxy/embed/kinds"
import { Data, Effect, Fiber, Option, Schema } from "effect"

class Undone extends Data.TaggedError("Undone")<{ readonly why: string }> {}

const told = Promise.withResolvers<unknown>()
const mailed = Promise.withResolvers<string>()
const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { trustedNetwork: true },
  mail: {
    from: "Club <club@example.org>",
    send: (mail) => Effect.runPromise(Effect.sync(() => mailed.resolve(mail.subject)))
  },
  engines: "none",
  kinds: {
    "club.match": kind({
      payload: Schema.toStandardSchemaV1(Schema.Struct({ title: Schema.NonEmptyString })),
      mail: { en: ({ title }) => ({ subject: title, text: "Come!" }) },
      channels: ["chat"]
    })
  },
  channels: { chat: ({ payload }) => Effect.runPromise(Effect.sync(() => told.resolve(payload))) }
})

const userId = crypto.randomUUID()
await galaxy.sql`
  INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
  VALUES (${userId}, 'ada@example.org', 'ada', 'en', 'UTC')`

const settings = { game_name: "Final", min_players: 2, max_players: 4, turn_schedule: "0 6 * * *" }
const made = await Effect.runPromise(
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.promise(() => galaxy.lobby.create(userId, settings)))
    return yield* Fiber.join(fiber)
  })
)
/** Fails with an error of this copy inside a transaction of the other. */
const undone = await Effect.runPromise(
  Effect.flip(
    Effect.tryPromise({
      try: () =>
        galaxy.transaction(async ({ lobby }) => {
          await lobby.create(userId, settings)
          return Effect.runPromise(new Undone({ why: "changed my mind" }))
        }),
      catch: (cause) => (cause instanceof Undone ? cause : new Undone({ why: "something else" }))
    })
  )
)
const refused = await galaxy.lobby.start(userId, made.game_id).catch((cause: unknown) => cause)
await galaxy.notify("club.match", { userId, key: "match-7", payload: { title: "Final" } })
const wrong = await galaxy.notify("club.match", { userId, key: "match-8", payload: { title: "" } }).then(
  () => "taken",
  () => "refused"
)
const [games] = await galaxy.sql<{ count: number }>`SELECT count(*)::int AS count FROM backend.games`
const result = {
  ofItsOwn: import.meta.resolve("effect"),
  name: made.game_name,
  undone: undone.why,
  refused: refused instanceof CallRefused && refused.reason,
  told: await told.promise,
  mailed: await mailed.promise,
  wrong,
  games: Option.getOrUndefined(Option.fromNullishOr(games))
}
await galaxy.close()
console.log(JSON.stringify(result))
