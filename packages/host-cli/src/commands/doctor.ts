/** `doctor`: what doesn't work, and what to do about it. */
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { type AnyCommand, withGlobals } from "../tree/commandOf.ts"

const address = (name: string, help: string) =>
  Flag.String(name).pipe(Flag.withMetavar("URL"), Flag.withDescription(help), Flag.optional)

/** The command. */
export const doctor: AnyCommand = Command.make(
  "doctor",
  {
    database: address("database", "check this PostgreSQL instead of a backend; the password by PGPASSWORD"),
    redis: address("redis", "check this Redis instead of a backend; the password by REDISCLI_AUTH")
  },
  ({ database, redis }) =>
    Effect.flatMap(
      Effect.promise(() => import("../handlers/doctor.ts")),
      (it) => withGlobals(it.doctor({ database: Option.getOrUndefined(database), redis: Option.getOrUndefined(redis) }))
    )
).pipe(
  Command.withDescription(
    "Check how the platform is doing, and say what to do about what doesn't work: database, workers, turns, engines, mails, disks, clocks, certificate, credentials.\nWith --database or --redis it needs no backend. It exits with 1 where somebody must act."
  ),
  Command.withShortDescription("Check how the platform is doing, and say what to do"),
  Command.withExamples([{ command: "doctor" }, { command: "doctor --redis redis://redis.example.org:6379" }])
) as AnyCommand
