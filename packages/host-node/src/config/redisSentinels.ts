/** Settings of the Sentinels that say which Redis is the master. */
import { address, flag, nonEmpty, type Setting, some } from "./Setting.ts"

/** Merged into the settings of a gateway that runs as a process of its own. */
export const redisSentinels = {
  sentinels: {
    name: "GATEWAY_REDIS_SENTINELS",
    parse: some(address),
    optional: true,
    about:
      "Sentinels that say which Redis is the master, such as 10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379. Of GATEWAY_REDIS_URL then only user, password, database and whether it is rediss:// count"
  },
  sentinelMaster: {
    name: "GATEWAY_REDIS_SENTINEL_MASTER",
    parse: nonEmpty,
    fallback: "mymaster",
    fallbackText: "mymaster",
    about: "the name under which the Sentinels watch the master"
  },
  sentinelUsername: {
    name: "GATEWAY_REDIS_SENTINEL_USERNAME",
    parse: nonEmpty,
    optional: true,
    about: "user of the Sentinels, if they have users"
  },
  sentinelPassword: {
    name: "GATEWAY_REDIS_SENTINEL_PASSWORD",
    parse: nonEmpty,
    optional: true,
    secret: true,
    about: "password of the Sentinels, if they have one"
  },
  sentinelTls: {
    name: "GATEWAY_REDIS_SENTINEL_TLS",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about: "whether the Sentinels speak TLS"
  }
} as const satisfies Record<string, Setting<unknown>>
