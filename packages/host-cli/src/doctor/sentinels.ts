/** Sentinels without a gateway: whether they agree on a master, and whether they could replace it. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { check } from "@galaxy/core/http/databaseFindings"
import { address, some } from "@galaxy/host-node/config/Setting"
import { type SentinelView, viewOf } from "@galaxy/host-node/gateway/redis/SentinelView"
import type { SentinelOptions } from "@galaxy/host-node/gateway/redis/Sentinels"
import { Effect, Redacted } from "effect"
import { Usage } from "../failures.ts"

type OneFinding = typeof Finding.Type

/** Fewer can't tell who is cut off when one is lost. */
const enough = 3

/** What the command line says of them; the words are those of the gateway's settings. */
export interface SentinelFlags {
  readonly sentinels: string
  readonly master: string
  readonly username: string | undefined
  readonly tls: boolean
}

/** Their options. The password is in the variable that gateways read. Fails with `Usage` for addresses that are none. */
export const sentinelOptions = (
  { sentinels, master, username, tls }: SentinelFlags,
  env: Readonly<Record<string, string | undefined>>
): Effect.Effect<SentinelOptions, Usage> => {
  const parsed = some(address)(sentinels)
  if ("problem" in parsed) return Effect.fail(new Usage({ message: `--sentinels ${parsed.problem}` }))
  const password = env["GATEWAY_REDIS_SENTINEL_PASSWORD"]
  return Effect.succeed({
    addresses: parsed.value,
    master,
    tls,
    username,
    ...(password === undefined || password === "" ? {} : { password: Redacted.make(password) })
  })
}

const named = (all: ReadonlyArray<SentinelView>, text: (it: SentinelView) => string): string => all.map(text).join(", ")

/** The master that most of them name. */
const mostNamed = (views: ReadonlyArray<SentinelView>): string | undefined => {
  const counts = Map.groupBy(
    views.flatMap((it) => it.master ?? []),
    (it) => it
  )
  const [best] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)
  return best !== undefined && best[1].length * 2 > views.length ? best[0] : undefined
}

const answers = (views: ReadonlyArray<SentinelView>, master: string): OneFinding => {
  const silent = views.filter((it) => it.fault !== undefined)
  const most = mostNamed(views)
  const silentText = `${silent.length} of ${views.length} Sentinels don't answer: ${named(silent, (it) => `${it.address} (${it.fault})`)}.`
  const others = views.filter((it) => it.fault === undefined && it.master !== most)
  return check(
    "redis.sentinels",
    `All ${views.length} Sentinels answer, and have ${most} as ${master}.`,
    most === undefined
      ? {
          state: "problem",
          message:
            silent.length * 2 >= views.length
              ? silentText
              : `Most of the Sentinels name no master ${master}: ${named(views, (it) => `${it.address} ${it.fault === undefined ? `names ${it.master ?? "none"}` : "doesn't answer"}`)}.`,
          help: "Check the addresses, the master's name and the password (GATEWAY_REDIS_SENTINEL_PASSWORD), and whether they run. Gateways can't find Redis without them."
        }
      : silent.length > 0
        ? { state: "warning", message: silentText, help: "Start it again: a failover needs most of them." }
        : others.length > 0
          ? {
              state: "warning",
              message: `Most of the Sentinels have ${most} as ${master}, but ${named(others, (it) => `${it.address} has ${it.master ?? "none"}`)}.`,
              help: "Usual for seconds during a failover. If it stays, that Sentinel is cut off from the others, or watches another Redis."
            }
          : undefined
  )
}

const failover = (views: ReadonlyArray<SentinelView>): ReadonlyArray<OneFinding> => {
  const known = views.filter((it) => it.master !== undefined)
  if (known.length === 0) return []
  const blocked = known.filter((it) => it.noQuorum !== undefined)
  const replicas = Math.max(...known.map((it) => it.replicas ?? 0))
  return [
    check(
      "redis.failover",
      `The Sentinels can replace the master; it has ${replicas === 1 ? "1 replica" : `${replicas} replicas`}.`,
      blocked.length > 0
        ? {
            state: "problem",
            message: `The Sentinels couldn't replace the master: ${named(blocked, (it) => `${it.address} says ${it.noQuorum}`)}.`,
            help: "Start those that are missing, or let them reach each other."
          }
        : replicas === 0
          ? {
              state: "problem",
              message: "The master has no replica, so nothing can take its place.",
              help: "Start a replica of it: REPLICAOF, on another machine."
            }
          : views.length < enough
            ? {
                state: "warning",
                message: `There are ${views.length} Sentinels: when one is lost, the others can't tell who is cut off.`,
                help: `Run ${enough}, on machines of their own, and name all of them to the gateways.`
              }
            : undefined
    )
  ]
}

/** What their answers mean; `master` is its name. */
export const findingsOf = (views: ReadonlyArray<SentinelView>, master: string): ReadonlyArray<OneFinding> => [
  answers(views, master),
  ...failover(views)
]

/** Asks them, and tells what that means. Never fails. */
export const sentinelFindings = (options: SentinelOptions): Effect.Effect<ReadonlyArray<OneFinding>> =>
  Effect.map(viewOf(options), (views) => findingsOf(views, options.master))
