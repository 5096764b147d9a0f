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
    redis: address("redis", "check this Redis instead of a backend; the password by REDISCLI_AUTH"),
    sentinels: Flag.String("sentinels").pipe(
      Flag.withMetavar("LIST"),
      Flag.withDescription(
        "check these Sentinels, such as 10.0.0.1:26379,10.0.0.2:26379, and the Redis that they name; --redis then says only how to speak to it. Their password by GATEWAY_REDIS_SENTINEL_PASSWORD"
      ),
      Flag.optional
    ),
    sentinelMaster: Flag.String("sentinel-master").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription("the name under which they watch the master"),
      Flag.withDefault("mymaster")
    ),
    sentinelUser: Flag.String("sentinel-user").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription("user of the Sentinels, if they have users"),
      Flag.optional
    ),
    sentinelTls: Flag.Boolean("sentinel-tls").pipe(
      Flag.withDescription("the Sentinels speak TLS"),
      Flag.withDefault(false)
    )
  },
  ({ database, redis, sentinels, sentinelUser, ...flags }) =>
    Effect.flatMap(
      Effect.promise(() => import("../handlers/doctor.ts")),
      (it) =>
        withGlobals(
          it.doctor({
            ...flags,
            database: Option.getOrUndefined(database),
            redis: Option.getOrUndefined(redis),
            sentinels: Option.getOrUndefined(sentinels),
            sentinelUser: Option.getOrUndefined(sentinelUser)
          })
        )
    )
).pipe(
  Command.withDescription(
    "Check how the platform is doing, and say what to do about what doesn't work: database, workers, turns, engines, mails, disks, clocks, certificate, credentials.\nWith --database, --redis or --sentinels it needs no backend. It exits with 1 where somebody must act."
  ),
  Command.withShortDescription("Check how the platform is doing, and say what to do"),
  Command.withExamples([
    { command: "doctor" },
    { command: "doctor --redis redis://redis.example.org:6379" },
    { command: "doctor --sentinels 10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379" }
  ])
) as AnyCommand
