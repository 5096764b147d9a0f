/**
 * Which host a game's engine is started on.
 *
 * A game whose state is kept by the host where its engine ran last stays there. Any other goes to a host that answers, isn't
 * emptied and has room: to the one with the fewest games for its size, and to where it was if that is as good.
 */
import { Context, Effect } from "effect"
import { type EngineHostUnavailable, EngineStartFailed } from "../engine/EngineHost.ts"
import { EngineHosts, type HostState } from "./EngineHosts.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** Whether a game's state can be brought to any host: by default, where the database has it. */
export const StatesMove = Context.Reference<(row: RuntimeRow) => boolean>("@galaxy/core/runtime/StatesMove", {
  defaultValue: () => (row) => row.state_in_database
})

/**
 * The host that keeps the game's state, so that its engine can't be anywhere else; undefined where any host will do: the
 * game has no state yet, or it is brought there.
 */
export const boundTo: Effect.Effect<(row: RuntimeRow) => string | undefined> = Effect.map(
  Effect.service(StatesMove),
  (moves) => (row) => (row.started_at === null || moves(row) ? undefined : (row.engine_host ?? undefined))
)

/** Games that a host takes that doesn't say how many it does: only how hosts compare follows from it. */
const usualMost = 64

const waits = (reason: string) => new EngineStartFailed({ reason, permanent: false, noRoom: true })

/** Why a host didn't take an engine just now: it doesn't answer, has no room, or can't run the image. */
export type Refusal = EngineHostUnavailable | EngineStartFailed

/** Whether another host may take what this one has refused. */
export const refusedHere = (error: EngineStartFailed): boolean => error.noRoom === true || error.imageMissing === true

/**
 * What the game fails of where none of `hosts` takes it: of the refusal itself if all have refused for good, and otherwise
 * it waits.
 */
const noneOf = (hosts: ReadonlyArray<HostState>, away: ReadonlyMap<string, Refusal>, reason: string) => {
  const refusals = hosts.flatMap((it) => {
    const why = away.get(it.hostId)
    return why?._tag === "EngineStartFailed" ? [why] : []
  })
  const [first] = refusals
  if (first === undefined) return waits(reason)
  const waiting = refusals.find((it) => !it.permanent)
  if (waiting !== undefined) return waiting
  return refusals.length === hosts.length ? first : waits(`${reason}; of another one: ${first.reason}`)
}

/** Why a game must wait for one host. */
const without = (hostId: string, hosts: ReadonlyArray<HostState>): string =>
  hosts.some((it) => it.hostId === hostId)
    ? `the game's engine host ${hostId} doesn't answer`
    : `the game's state is on the engine host ${hostId}, which isn't one of this platform's`

/** The share of a host's room that is taken. */
const shareOf = (host: HostState, loads: ReadonlyMap<string, number>): number =>
  (loads.get(host.hostId) ?? 0) / (host.most ?? usualMost)

/**
 * The host for a game that may be anywhere. `present` is where it was; `loads` are the games in play on each. Undefined if
 * none has room.
 */
export const best = (
  hosts: ReadonlyArray<HostState>,
  loads: ReadonlyMap<string, number>,
  present: string | null
): HostState | undefined =>
  hosts
    .filter((it) => {
      const games = (loads.get(it.hostId) ?? 0) - (it.hostId === present ? 1 : 0)
      return it.answers && !it.draining && games < (it.most ?? Number.POSITIVE_INFINITY)
    })
    .toSorted((a, b) => {
      const less = shareOf(a, loads) - shareOf(b, loads)
      return less === 0 ? Number(b.hostId === present) - Number(a.hostId === present) : less
    })[0]

/**
 * Chooses for a row; `away` are hosts that have just refused the engine, or didn't answer. Fails with `EngineStartFailed`
 * as if there were no room where no host can take the engine now, or for good where each host that could has refused it so.
 * A host that is to be emptied is the last resort, unless the engine is `renewed`, so that it may just as well stay.
 * A host that has just fallen silent is waited for before its game is placed anew.
 */
export const make = Effect.gen(function* () {
  const hosts = yield* EngineHosts
  const isBound = yield* boundTo

  return Effect.fnUntraced(function* (
    row: RuntimeRow,
    away: ReadonlyMap<string, Refusal>,
    { renewed = false }: { readonly renewed?: boolean } = {}
  ) {
    const all = yield* hosts.look
    const here = all.map((it) => (away.has(it.hostId) ? { ...it, answers: false } : it))
    const bound = isBound(row)
    if (bound !== undefined) {
      const found = here.find((it) => it.hostId === bound)
      if (found?.answers === true) return bound
      const why = away.get(bound)?.reason ?? found?.trouble ?? without(bound, here)
      return yield* noneOf(found === undefined ? [] : [found], away, why)
    }
    const present = here.find((it) => it.hostId === row.engine_host)
    const [only] = here
    if (here.length === 1 && only !== undefined) {
      return only.answers
        ? only.hostId
        : yield* noneOf(here, away, away.get(only.hostId)?.reason ?? only.trouble ?? "no engine host answers")
    }
    if (present !== undefined && !present.answers && !present.givenUp && !away.has(present.hostId)) {
      return yield* waits(without(present.hostId, here))
    }
    const loads = yield* hosts.loads
    const asLast = here.map((it) => ({ ...it, draining: false }))
    const chosen =
      best(here, loads, row.engine_host) ??
      // A game in play is rather served by a host that is to be emptied than by none; but it isn't moved to one.
      (renewed || row.started_at === null ? undefined : best(asLast, loads, row.engine_host))
    if (chosen !== undefined) return chosen.hostId
    const taking = here.filter((it) => !it.draining)
    return yield* noneOf(taking, away, "no engine host that answers has room")
  })
})
