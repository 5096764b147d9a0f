/**
 * What a gateway process makes sure of before it starts anything: its settings, its keys, its Redis and its token.
 *
 * Everything that is wrong is told at once, one line each. A backend that can't be reached is no reason not to start: the
 * readiness probe shows it.
 */
import { Effect, Redacted } from "effect"
import { type Environment, load, ConfigurationInvalid, type Values } from "../config/load.ts"
import * as settings from "../config/settings.ts"
import * as RedisReplayStore from "../gateway/RedisReplayStore.ts"
import { type RedisValues, redisTarget } from "./redisTarget.ts"
import { refusesToken } from "../gateway/backendCredentials.ts"
import { problemsOf, valuesAsFarAsValid } from "./check.ts"
import { type GatewayKeys, keysOf } from "./gatewayKeys.ts"

type Groups = typeof settings.groups.gateway

/** The values of all settings, and the keys. */
export type GatewayStart = { readonly [K in keyof Groups]: Values<Groups[K]> } & { readonly keys: GatewayKeys }

/** Why a gateway doesn't start: what is wrong in its configuration, and what that names but can't be used. */
export interface StartProblems {
  readonly configuration: ReadonlyArray<string>
  readonly elsewhere: ReadonlyArray<string>
}

const redisProblem = (values: Partial<RedisValues>): Effect.Effect<ReadonlyArray<string>> =>
  values.redisUrl === undefined
    ? Effect.succeed([])
    : Effect.match(RedisReplayStore.probe(redisTarget({ ...values, redisUrl: values.redisUrl })), {
        onFailure: ({ message }) => [
          `${(values.sentinels ?? []).length > 0 ? "GATEWAY_REDIS_SENTINELS" : "GATEWAY_REDIS_URL"}: ${message}`
        ],
        onSuccess: () => []
      })

const tokenProblem = (
  urls: ReadonlyArray<string> = [],
  token: string | undefined
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(
    Effect.forEach(urls, (url) => refusesToken(url, token === undefined ? undefined : Redacted.make(token)), {
      concurrency: "unbounded"
    }),
    (refusals) =>
      refusals.includes(true)
        ? [
            token === undefined
              ? "GATEWAY_BACKEND_TOKEN: must be set, since the backend lets nobody call it without its BACKEND_GATEWAY_TOKEN"
              : "GATEWAY_BACKEND_TOKEN: the backend refuses it; it must be the backend's BACKEND_GATEWAY_TOKEN"
          ]
        : []
  )

/** The settings and keys as they are; undefined where something is wrong in them. */
export const loaded = (environment: Environment): GatewayStart | undefined => {
  const groups = Object.entries<Groups[keyof Groups]>(settings.groups.gateway).map(
    ([name, group]) => [name, load(group, environment, settings.knownNames)] as const
  )
  if (groups.some(([, it]) => it instanceof ConfigurationInvalid)) return undefined
  const values = Object.fromEntries(groups) as { readonly [K in keyof Groups]: Values<Groups[K]> }
  const keys = keysOf(values.gatewayAlone)
  return "keys" in keys ? { ...values, keys: keys.keys } : undefined
}

/** Checks everything, each part as far as the others let it. Connects to Redis and to the backend, and changes nothing. */
export const checked = (environment: Environment): Effect.Effect<GatewayStart | StartProblems> =>
  Effect.gen(function* () {
    const { gatewayAlone = {} } = valuesAsFarAsValid("gateway", environment)
    const [configuration, redis, token] = yield* Effect.all(
      [
        problemsOf("gateway", environment),
        redisProblem(gatewayAlone),
        tokenProblem(gatewayAlone.backendHttpUrls, gatewayAlone.backendToken)
      ],
      { concurrency: 3 }
    )
    const elsewhere = [...redis, ...token]
    const start = configuration.length + elsewhere.length === 0 ? loaded(environment) : undefined
    return start ?? { configuration, elsewhere }
  })

/**
 * The start of this process; or prints every problem and returns undefined, with the exit code set: 2 for a wrong
 * configuration, 1 where it is right and what it names can't be used.
 */
export const started = async (environment: Environment = process.env): Promise<GatewayStart | undefined> => {
  const start = await Effect.runPromise(checked(environment))
  if ("keys" in start) return start
  for (const problem of [...start.configuration, ...start.elsewhere]) process.stderr.write(`${problem}\n`)
  const isWrong = start.configuration.length > 0
  process.stderr.write(`Nothing was started${isWrong ? "; --help lists all settings" : ""}.\n`)
  process.exitCode = isWrong ? 2 : 1
  return undefined
}
