/** A Redis without a gateway: whether it may keep reservations, and what of them a restart would keep. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { check } from "@galaxy/core/http/databaseFindings"
import * as RedisConnection from "@galaxy/host-node/gateway/redis/RedisConnection"
import { sentence } from "@galaxy/host-node/gateway/redis/RedisFault"
import * as Sentinels from "@galaxy/host-node/gateway/redis/Sentinels"
import { Effect, Redacted } from "effect"
import { Usage } from "../failures.ts"

type OneFinding = typeof Finding.Type
type Fields = ReadonlyMap<string, string>

const deadlineMs = 5_000

const fieldsOf = (info: string): Fields =>
  new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(":")
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const]
    })
  )

const eviction = (fields: Fields): OneFinding => {
  const policy = fields.get("maxmemory_policy")
  return check(
    "redis.eviction",
    "Redis evicts nothing (maxmemory-policy noeviction).",
    policy === "noeviction"
      ? undefined
      : {
          state: policy === undefined ? "unknown" : "problem",
          message:
            policy === undefined
              ? "Redis doesn't say what it does when it is full."
              : `Redis may evict reservations (maxmemory-policy ${policy}), so gateways refuse to start.`,
          help: "Set maxmemory-policy noeviction, in the configuration file too."
        }
  )
}

const persistence = (fields: Fields): OneFinding => {
  const failed =
    fields.get("rdb_last_bgsave_status") === "err" ||
    (fields.get("aof_enabled") === "1" && fields.get("aof_last_write_status") === "err")
  const kept = fields.get("aof_enabled") === "1" ? "in an append-only file" : "by snapshots, if any are configured"
  return check(
    "redis.persistence",
    `Redis keeps its data ${kept}. Gateways need neither: a restart counts as a loss, and costs seconds.`,
    failed
      ? {
          state: "problem",
          message: "Redis couldn't write its data to disk, and may refuse writes because of that.",
          help: "Look at its log and disk (stop-writes-on-bgsave-error)."
        }
      : undefined
  )
}

const role = (fields: Fields): OneFinding =>
  check(
    "redis.role",
    `Redis ${fields.get("redis_version") ?? ""} is a master.`,
    fields.get("role") === "master"
      ? undefined
      : {
          state: "problem",
          message: `Redis is a ${fields.get("role") ?? "server of unknown role"}, which takes no writes.`,
          help: "GATEWAY_REDIS_URL must always lead to the master. Where Sentinels know it, name them: GATEWAY_REDIS_SENTINELS, and --sentinels here."
        }
  )

/**
 * The findings. With Sentinels the address says only how to speak to the master, as in the gateway's settings. Fails with
 * `Usage` for an address that is none, or that holds a password.
 */
export const redisFindings = Effect.fnUntraced(function* (
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  sentinels?: Sentinels.SentinelOptions
) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
    return yield* new Usage({ message: "--redis must be an address such as redis://redis.example.org:6379." })
  }
  if (url.password !== "") {
    return yield* new Usage({
      message: "--redis must not hold a password: others can see arguments.",
      hint: "Set REDISCLI_AUTH."
    })
  }
  const place = sentinels === undefined ? url.host : Sentinels.placeOf(sentinels)
  const password = env["REDISCLI_AUTH"]
  if (password) url.password = encodeURIComponent(password)
  return yield* RedisConnection.open({ url: Redacted.make(url.href), sentinels }, undefined, deadlineMs).pipe(
    Effect.flatMap((it) => it.ask((redis) => redis.info())),
    Effect.map((info): ReadonlyArray<OneFinding> => {
      const fields = fieldsOf(info)
      return [role(fields), eviction(fields), persistence(fields)]
    }),
    Effect.catch((fault) =>
      Effect.succeed<ReadonlyArray<OneFinding>>([
        {
          id: "redis",
          state: "problem",
          message: `Redis at ${place} can't be used: ${sentence(fault)}.`,
          help: "Check the address and the password (REDISCLI_AUTH), and whether it runs."
        }
      ])
    ),
    Effect.scoped
  )
})
