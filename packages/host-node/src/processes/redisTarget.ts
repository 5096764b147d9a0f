/** Which Redis a gateway process uses, by its settings. */
import { Redacted } from "effect"
import type { Values } from "../config/load.ts"
import type { redisSentinels } from "../config/redisSentinels.ts"
import type * as settings from "../config/settings.ts"
import type { RedisTarget } from "../gateway/redis/RedisConnection.ts"

/** The settings that say so. */
export type RedisValues = Pick<Values<typeof settings.gatewayAlone>, "redisUrl"> &
  Partial<Pick<Values<typeof settings.gatewayAlone>, keyof typeof redisSentinels>>

/** The Redis, or the Sentinels that know it. */
export const redisTarget = (values: RedisValues): RedisTarget => ({
  url: Redacted.make(values.redisUrl),
  sentinels:
    values.sentinels === undefined || values.sentinels.length === 0
      ? undefined
      : {
          addresses: values.sentinels,
          master: values.sentinelMaster ?? "mymaster",
          username: values.sentinelUsername,
          password: values.sentinelPassword === undefined ? undefined : Redacted.make(values.sentinelPassword),
          tls: values.sentinelTls
        }
})
