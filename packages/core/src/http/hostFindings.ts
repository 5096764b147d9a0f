/** What the hosts of engines mean to operators, one by one: those that are silent, that are left over, and whether there is room. */
import type { Diagnostics, Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { DateTime } from "effect"
import { check } from "./databaseFindings.ts"

type Facts = Pick<typeof Diagnostics.Type, "at" | "engine_host" | "engine_hosts" | "backends">
type Host = Facts["engine_hosts"][number]
type OneFinding = typeof Finding.Type

/** A host that another backend has heard of within this time is there, whatever this one finds. */
const recentMs = 15_000

/** Hosts that are named in a sentence. */
const mostNamed = 5

const count = (games: number): string => (games === 1 ? "1 game" : `${games} games`)

const named = (hosts: ReadonlyArray<Host>, text: (host: Host) => string): string =>
  [
    ...hosts.slice(0, mostNamed).map(text),
    ...(hosts.length > mostNamed ? [`and ${hosts.length - mostNamed} more`] : [])
  ].join("; ")

const games = ({ games: all, games_bound: bound }: Host): string =>
  all === 0 ? "no games on it" : bound === 0 ? `${count(all)} on it` : `${count(all)} on it, ${bound} bound to it`

const heardElsewhere = ({ at }: Facts, { seen_at: seen }: Host): boolean =>
  seen !== undefined && DateTime.toEpochMillis(at) - DateTime.toEpochMillis(seen) < recentMs

/** A silent host: since when, what is on it, and why it doesn't answer. */
const silentText =
  (facts: Facts) =>
  (host: Host): string => {
    const since =
      host.seen_at === undefined
        ? "never heard of"
        : heardElsewhere(facts, host)
          ? `last heard of by another backend at ${DateTime.formatIso(host.seen_at)}`
          : `silent since ${DateTime.formatIso(host.seen_at)}`
    return `${host.host_id}, ${since}, with ${games(host)}${host.trouble === undefined ? "" : ` (${host.trouble})`}`
  }

const silentHelp = (facts: Facts, silent: ReadonlyArray<Host>): string =>
  [
    silent.some((it) => heardElsewhere(facts, it))
      ? "Other backends reach it: look at the link between this backend and the host, and whether all backends have the same settings."
      : "Mend the host, its Docker daemon or the link to it; it is used again as soon as it answers.",
    silent.some((it) => it.games > it.games_bound)
      ? "Its games go on at the other hosts with all acknowledged orders, as soon as they are needed."
      : "",
    silent.some((it) => it.games_bound > 0)
      ? "Games that are bound to it have their state there alone, and wait for it."
      : "",
    "One that is gone for good: take it out of the backends' settings, restart them, then `galaxy-admin host forget HOST`."
  ]
    .filter((it) => it !== "")
    .join(" ")

const drained = (hosts: ReadonlyArray<Host>): string =>
  hosts
    .filter((it) => it.draining)
    .map((it) => ` ${it.host_id} is drained, with ${games(it)}.`)
    .join("")

/** `engine.host`: whether engines can be started at all, and on every host that they should be. */
const engineHost = (facts: Facts): OneFinding => {
  const { engine_host: host, engine_hosts: all } = facts
  const own = all.filter((it) => it.in_settings)
  const silent = own.filter((it) => !it.answers)
  const part = (problem: Parameters<typeof check>[2]) =>
    check(
      "engine.host",
      own.length > 1
        ? `All ${own.length} engine hosts answer; ${host.running} engines run, ${host.asleep} sleep.${drained(own)}`
        : `The engine host can start engines; ${host.running} run, ${host.asleep} sleep.`,
      problem
    )
  if (host.state === "problem") {
    return part({
      state: "problem",
      message: `Engines can't be started: ${host.reason ?? "the host doesn't say why"}.`,
      help: "Mend what is named; games that need their engine are tried again by themselves."
    })
  }
  if (own.length > 1 && silent.length > 0) {
    return part({
      state: silent.some((it) => it.games_bound > 0) ? "problem" : "warning",
      message: `Of ${own.length} engine hosts ${silent.length === 1 ? "one doesn't" : `${silent.length} don't`} answer: ${named(silent, silentText(facts))}.${drained(own)}`,
      help: silentHelp(facts, silent)
    })
  }
  return part(
    host.state === "ok"
      ? undefined
      : { state: "unknown", message: "Whether engines can be started can't be found out here." }
  )
}

/** `engine.host.room`, only where several hosts answer and none of them takes a new game. */
const room = ({ engine_hosts: all }: Facts): ReadonlyArray<OneFinding> => {
  const answering = all.filter((it) => it.in_settings && it.answers)
  const takes = answering.filter((it) => !it.draining && (it.most === undefined || it.games < it.most))
  if (all.filter((it) => it.in_settings).length < 2 || answering.length === 0 || takes.length > 0) return []
  return [
    check("engine.host.room", "", {
      state: "problem",
      message: `No engine host takes a new game: ${named(answering, (it) => `${it.host_id} ${it.draining ? "is drained" : `has ${it.games} of ${it.most}`}`)}.`,
      help: "New games wait; games in play go on where they are, also on a drained host. Add a host, raise `engines` of one in BACKEND_DOCKER_HOSTS, or take a drain back with `galaxy-admin host undrain HOST`."
    })
  ]
}

/** `engine.host.trouble`, only where a host that answers has something that has to be mended. */
const troubled = ({ engine_hosts: all }: Facts): ReadonlyArray<OneFinding> => {
  const these = all.filter((it) => it.in_settings && it.answers && it.trouble !== undefined)
  if (these.length === 0) return []
  return [
    check("engine.host.trouble", "", {
      state: "problem",
      message: `${named(these, (it) => `${it.host_id}: ${it.trouble}`)}.`,
      help: "Engines are started there all the same. Mend what is named before it harms a game."
    })
  ]
}

/** `engine.host.left`: hosts that this backend doesn't know. Backends with children of their own never know each other's. */
const left = (facts: Facts): ReadonlyArray<OneFinding> => {
  const { backends, engine_hosts: all } = facts
  const others = all.filter((it) => !it.in_settings)
  const isShared = backends.length > 1 && all.filter((it) => it.in_settings).length < 2
  if (others.length === 0 || isShared) return []
  const heard = others.some((it) => heardElsewhere(facts, it))
  return [
    check("engine.host.left", "", {
      state: others.some((it) => it.games_bound > 0) ? "problem" : "warning",
      message: `Not in this backend's settings: ${named(others, (it) => `the engine host ${it.host_id}, with ${games(it)}`)}.`,
      help: heard
        ? "Another backend has heard of it just now: give all backends the same BACKEND_DOCKER_HOSTS."
        : others.some((it) => it.games_bound > 0)
          ? "Games that are bound to it have their state there alone: put it back into the settings, with the data that it had."
          : "If it is gone for good: `galaxy-admin host forget HOST`, once no games are on it; they are placed elsewhere when they are needed."
    })
  ]
}

/** Findings about the hosts of engines. */
export const hostFindings = (facts: Facts): ReadonlyArray<OneFinding> => [
  engineHost(facts),
  ...troubled(facts),
  ...room(facts),
  ...left(facts)
]
