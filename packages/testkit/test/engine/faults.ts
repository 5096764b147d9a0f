/** Engines with one fault each: what stands between the suite and a good engine, and which checks find it. */
import { rm } from "node:fs/promises"
import { type ProgramUnderTest, NotServing } from "@galaxy/testkit/engine/conformance/Check"
import type { ProgramEngine } from "@galaxy/testkit/engine/program"
import { Effect } from "effect"

export interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly type: string
  readonly body: string
  readonly authorization: string
}

export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
}

type Pass = (changed?: Partial<Call>) => Promise<Reply>

/** Made anew for every engine, so that it can remember what it has seen. */
export type Proxy = () => (call: Call, pass: Pass) => Promise<Reply>

export const honest: Proxy = () => (_, pass) => pass()

interface Fault {
  readonly proxy: Proxy
  /** The checks that fail for it. */
  readonly found: ReadonlyArray<string>
}

// oxlint-disable-next-line typescript/no-explicit-any -- faults reach into whatever the engine answers
type Loose = any

const init = "/api/v1/admin/init"
const status = "/api/v1/admin/status"
const turn = "/api/v1/admin/turn"
const banish = "/api/v1/admin/race/banish"
const command = "/api/v1/command"
const order = "/api/v1/order"
const report = "/api/v1/report"

const json = (value: unknown): Reply => ({ status: 200, type: "application/json", text: JSON.stringify(value) })
const parsed = (text: string): Loose => JSON.parse(text)

/** Changes answers that are not refusals. */
const answers =
  (changes: (value: Loose, call: Call) => unknown): Proxy =>
  () =>
  async (call, pass) => {
    const reply = await pass()
    return reply.status === 200 ? json(changes(parsed(reply.text), call)) : reply
  }

/** Changes refusals of a status, on the paths named or on all. */
const refusals =
  (from: number, to: (reply: Reply, pass: Pass) => Reply | Promise<Reply>, ...paths: Array<string>): Proxy =>
  () =>
  async (call, pass) => {
    const reply = await pass()
    return reply.status === from && (paths.length === 0 || paths.includes(call.path)) ? to(reply, pass) : reply
  }

/** Changes calls of a path. */
const calls =
  (path: string, changes: (call: Call) => Partial<Call>): Proxy =>
  () =>
  (call, pass) =>
    pass(call.path === path ? changes(call) : {})

const statusNow = (pass: Pass) => pass({ method: "GET", path: status, body: "" })

const changedBody =
  (changes: (body: Loose) => unknown) =>
  (call: Call): Partial<Call> => {
    try {
      return { body: JSON.stringify(changes(parsed(call.body))) }
    } catch {
      return {}
    }
  }

/** An engine whose games go on, since nobody ever leaves. */
export const neverFinished: Proxy = () => (call, pass) => (call.path === banish ? statusNow(pass) : pass())

const trusted = "without the token, or with another, every route but healthz is unauthorized and does nothing"

export const faults: Readonly<Record<string, Fault>> = {
  "an engine that hides its version": {
    proxy: answers((value, { path }) => (path === "/healthz" ? { status: "ok" } : value)),
    found: ["healthz says ok and the version, before and after there is a galaxy"]
  },
  "another code where there is no galaxy": {
    proxy: refusals(409, (reply) => ({ ...reply, status: 404, text: reply.text.replace("conflict", "not_found") })),
    found: [
      "without a galaxy, requests that need one are a conflict",
      "without a galaxy a killed engine still waits for one",
      "a turn beyond the next one is a conflict and changes nothing"
    ]
  },
  "races in another order": {
    proxy: answers((value) => ({ ...value, ...(value.players && { players: value.players.toReversed() }) })),
    found: ["init creates the galaxy, and its status has what the platform keeps"]
  },
  "a second init that answers how things stand": {
    proxy: () => {
      let inits = 0
      return (call, pass) => (call.path === init && inits++ > 0 ? statusNow(pass) : pass())
    },
    found: ["init for the same game answers the same and changes nothing, also later"]
  },
  "inits that each make a galaxy": {
    proxy: () => {
      let inits = 0
      return async (call, pass) => {
        const reply = await pass()
        if (call.path !== init) return reply
        const value = parsed(reply.text)
        return json({ ...value, players: value.players.map((it: Loose) => ({ ...it, population: ++inits })) })
      }
    },
    found: ["init that comes several times at once creates one galaxy"]
  },
  "an engine that takes any game for its own": {
    proxy: refusals(409, (_, pass) => statusNow(pass), init),
    found: ["init for another game is a conflict and changes nothing"]
  },
  "a status for bad requests that is not the contract's": {
    proxy: refusals(400, (reply) => ({ ...reply, status: 422 })),
    found: [
      "init without races or with a game id of another form is refused, and leaves room for a right one",
      "a report of an unknown race or turn is not found",
      "a turn that is not a number is refused",
      "a body that is not JSON, or not of the route's form, is refused"
    ]
  },
  "a galaxy that the seed doesn't decide": {
    proxy: () => {
      const other = crypto.randomUUID()
      return (call, pass) => pass(call.path === init ? changedBody((it) => ({ ...it, seed: other }))(call) : {})
    },
    found: ["the same seed gives the same galaxy"]
  },
  "an engine that answers whoever asks": {
    proxy: () => {
      let known = ""
      return (call, pass) => {
        known ||= call.authorization
        return pass({ authorization: known })
      }
    },
    found: [trusted]
  },
  "an engine whose probe wants the token too": {
    proxy: () => (call, pass) =>
      call.path === "/healthz" && call.authorization === "" ? pass({ path: status }) : pass(),
    found: [trusted]
  },
  "an engine that tells its seed": {
    proxy: () => {
      let seed = ""
      return async (call, pass) => {
        if (call.path === init) seed = parsed(call.body).seed
        const reply = await pass()
        return call.path === report && reply.status === 200 ? json({ ...parsed(reply.text), seed }) : reply
      }
    },
    found: ["no answer holds the seed"]
  },
  "a report that shows every race the first one's": {
    proxy: calls(report, ({ query }) => {
      const changed = new URLSearchParams(query)
      changed.set("race", "Terrans")
      return { query: changed }
    }),
    found: ["every race has a report of turn 0, under its name", "a report of an unknown race or turn is not found"]
  },
  "a report that is always the newest": {
    proxy: calls(report, ({ query }) => ({ query: new URLSearchParams({ race: query.get("race") ?? "" }) })),
    found: ["a turn is made when it is the next one, and its reports are there"]
  },
  "a turn that can't be asked for again": {
    proxy: () => {
      const asked = new Set<string>()
      const refusal = { error: { code: "conflict", message: "made already" } }
      return async (call, pass) => {
        if (call.path !== turn) return pass()
        const again = asked.has(call.body)
        asked.add(call.body)
        return again ? { ...json(refusal), status: 409 } : pass()
      }
    },
    found: [
      "a turn asked for again answers the same and changes nothing, also later",
      "a turn that is asked for several times at once is made once"
    ]
  },
  "a turn asked for again that makes another one": {
    proxy: () => {
      let asked = 0
      return (call, pass) => pass(call.path === turn ? { body: JSON.stringify({ turn: ++asked }) } : {})
    },
    found: [
      "a turn asked for again answers the same and changes nothing, also later",
      "a turn that is asked for several times at once is made once",
      "a turn beyond the next one is a conflict and changes nothing"
    ]
  },
  "turns that forget the orders": {
    proxy: () => async (call, pass) => {
      if (call.path === turn && call.method === "POST") {
        for (const actor of ["Terrans", "Лиряне"]) {
          await pass({ method: "PUT", path: order, body: JSON.stringify({ actor, orders: [] }) })
        }
      }
      return pass()
    },
    found: [
      "orders change the turn that they were given for",
      "a write for a closed turn, or one to come, is a conflict and changes nothing"
    ]
  },
  "a banished race that stays in": {
    proxy: answers((value, { path }) =>
      path === banish ? { ...value, players: value.players.map((it: Loose) => ({ ...it, eliminated: false })) } : value
    ),
    found: ["a banished race is out at once and for good, and gives no more orders"]
  },
  "an engine that banishes whom it doesn't know": {
    proxy: refusals(404, (_, pass) => statusNow(pass), banish),
    found: ["banishing an unknown name is refused"]
  },
  "winners by their ids": {
    proxy: answers((value) => ({
      ...value,
      ...(value.winners && {
        winners: value.winners.map((it: string) => value.players.find((who: Loose) => who.race === it).player_id)
      })
    })),
    found: ["winners are races of the game, each named once"]
  },
  "a finished game in which orders are still given": {
    proxy: refusals(409, () => json({ race: "Terrans", turn: 1, orders: [], verdicts: [] }), order, command),
    found: ["a finished game stays as it is: turns and orders are a conflict"]
  },
  "no answer where there are no orders": {
    proxy: () => async (call, pass) => {
      const reply = await pass()
      if (call.path !== order || call.method !== "GET" || reply.status !== 200) return reply
      const none = parsed(reply.text).orders.length === 0
      return none ? { ...json({ error: { code: "not_found", message: "no orders" } }), status: 404 } : reply
    },
    found: ["a race that gave no orders has none"]
  },
  "verdicts that count from 1": {
    proxy: answers((value) => ({
      ...value,
      ...(value.verdicts && { verdicts: value.verdicts.map((it: Loose) => ({ ...it, position: it.position + 1 })) })
    })),
    found: ["PUT answers a verdict for each order, in their order, and GET the same"]
  },
  "refused orders without a code": {
    proxy: answers((value) => ({
      ...value,
      ...(value.verdicts && {
        verdicts: value.verdicts.map(({ position, accepted }: Loose) => ({ position, accepted }))
      })
    })),
    found: ["PUT answers a verdict for each order, in their order, and GET the same"]
  },
  "refused orders that are dropped from the list": {
    proxy: answers((value) => {
      if (!value.verdicts) return value
      const kept = value.verdicts.filter((it: Loose) => it.accepted)
      const positions = kept.map((it: Loose, position: number) => ({ ...it, position }))
      return { ...value, orders: kept.map((it: Loose) => value.orders[it.position]), verdicts: positions }
    }),
    found: ["PUT answers a verdict for each order, in their order, and GET the same"]
  },
  "a PUT that appends": {
    proxy: () => (call, pass) =>
      pass(
        call.path === order && call.method === "PUT"
          ? {
              method: "POST",
              path: command,
              ...changedBody(({ orders, ...it }) => ({ ...it, commands: orders }))(call)
            }
          : {}
      ),
    found: ["PUT replaces the list, also by an empty one, and again and again"]
  },
  "a command that replaces": {
    proxy: () => (call, pass) =>
      pass(
        call.path === command && call.method === "POST"
          ? { method: "PUT", path: order, ...changedBody(({ commands, ...it }) => ({ ...it, orders: commands }))(call) }
          : {}
      ),
    found: [
      "a command is added to the list",
      "a command with one refused order adds none of them",
      "writes of one race that come at once are all kept"
    ]
  },
  "writes that must name their turn": {
    proxy: () => (call, pass) =>
      pass(call.path === order || call.path === command ? changedBody((it) => ({ turn: 9, ...it }))(call) : {}),
    found: ["without a turn a write is for the open one"]
  },
  "writes that go to the open turn, whatever they name": {
    proxy: () => (call, pass) =>
      pass(call.path === order || call.path === command ? changedBody((it) => ({ ...it, turn: undefined }))(call) : {}),
    found: ["a write for a closed turn, or one to come, is a conflict and changes nothing"]
  },
  "a list that is cut": {
    proxy: calls(
      order,
      changedBody((it) => ({ ...it, orders: it.orders.slice(0, 999) }))
    ),
    found: ["a list is as long as the contract allows, and no longer"]
  },
  "a stranger who writes as the first race": {
    proxy: () => (call, pass) =>
      pass(
        call.path === order || call.path === command ? changedBody((it) => ({ ...it, actor: "Terrans" }))(call) : {}
      ),
    found: ["an unknown race can neither write nor read orders"]
  },
  "a revision that nobody looks at": {
    proxy: calls(
      order,
      changedBody((body: Loose) => ({ ...body, if_revision: 0 }))
    ),
    found: [
      "of two devices that know the same orders, one replaces them",
      "of two devices that know the list that nobody has written, one writes",
      "no list of a turn has a revision of an earlier turn's"
    ]
  },
  "revisions that begin anew with each turn": {
    proxy: () => {
      const perTurn = 100_000_000
      let open = 0
      return async (call, pass) => {
        if (call.path === turn) open = parsed(call.body).turn
        const real = (known: number) => (known > 0 ? { if_revision: known + open * perTurn } : {})
        const reply = await pass(
          call.path === order && call.method === "PUT"
            ? changedBody(({ if_revision, ...it }) => ({ ...it, ...real(if_revision) }))(call)
            : {}
        )
        if (call.path !== order || reply.status !== 200) return reply
        const value = parsed(reply.text)
        return json({ ...value, revision: value.revision % perTurn })
      }
    },
    found: ["no list of a turn has a revision of an earlier turn's"]
  },
  "a seat that is taken over in words alone": {
    proxy: () => (call, pass) => (call.path === "/api/v1/admin/race/computer" ? statusNow(pass) : pass()),
    found: ["a race that the engine takes over plays on, and nobody else gives it orders"]
  },
  "a listing with other digests": {
    proxy: answers((value, { path }) =>
      path === "/api/v1/admin/state"
        ? { ...value, files: value.files.map((it: Loose) => ({ ...it, sha256: "0".repeat(64) })) }
        : value
    ),
    found: ["a game goes on in an engine that was given its state files"]
  },
  "a listing from a turn on that forgets the last decisions": {
    proxy: () => async (call, pass) => {
      const reply = await pass()
      if (call.path !== "/api/v1/admin/state" || !call.query.has("from")) return reply
      const listing = JSON.parse(reply.text) as { readonly files: ReadonlyArray<{ readonly path: string }> }
      return json({ ...listing, files: listing.files.filter((it) => !it.path.startsWith("orders/")) })
    },
    found: ["a listing from a turn on has every file that has come or changed since"]
  },
  "a state that is opened whatever was put": {
    proxy: () => async (call, pass) => {
      const reply = await pass()
      return call.path === "/api/v1/admin/state/open" && reply.status !== 200 ? json({}) : reply
    },
    found: ["a state that is damaged, incomplete or missing isn't opened"]
  },
  "state files that are taken over a game": {
    proxy: () => async (call, pass) => {
      const reply = await pass()
      return call.method === "PUT" && call.path.startsWith("/api/v1/admin/state/") ? { ...reply, status: 204 } : reply
    },
    found: ["no state file is taken where there is a game, and nothing of it changes"]
  },
  "a path that leads anywhere": {
    proxy: () => (call, pass) =>
      call.method === "GET" && call.path.startsWith("/api/v1/admin/state/") ? Promise.resolve(json({})) : pass(),
    found: ["a path outside the state is neither read nor written"]
  },
  "a small idea of a large body": {
    proxy: () => (call, pass) =>
      call.body.length > 500_000
        ? Promise.resolve({
            ...json({ error: { code: "payload_too_large", message: "too large" } }),
            status: 413
          })
        : pass(),
    found: ["a body is as large as the contract allows, and no larger"]
  },
  "a large body that is just wrong": {
    proxy: refusals(413, (reply) => ({
      ...reply,
      status: 400,
      text: reply.text.replace("payload_too_large", "invalid_request")
    })),
    found: ["a body is as large as the contract allows, and no larger"]
  },
  "a page for people where there is no route": {
    proxy: refusals(404, () => ({ status: 404, type: "text/html", text: "<h1>Not Found</h1>" })),
    found: ["an unknown route is not found"]
  },
  "a wrong method that is an unknown route": {
    proxy: refusals(405, (reply) => ({
      ...reply,
      status: 404,
      text: reply.text.replace("method_not_allowed", "not_found")
    })),
    found: ["a known route under another method is not allowed, and does nothing"]
  }
}

/** What is gone when the engine comes again. */
export type Losses = "nothing" | "orders" | "everything"

export const losses: Readonly<Record<string, { readonly lose: Losses; readonly found: ReadonlyArray<string> }>> = {
  "an engine that comes again with nothing": {
    lose: "everything",
    found: [
      "turns, orders and banishments that were answered survive a kill",
      "a kill in the middle of a turn leaves the turn before, or the whole turn",
      "a kill in the middle of a write leaves the orders before, or the new ones"
    ]
  },
  "an engine that comes again without the orders": {
    lose: "orders",
    found: ["a killed engine makes the turn that it would have made"]
  }
}

type AsProgram = ProgramUnderTest<ProgramEngine>

/** The end that was told with another exit code. */
const endedWith = (code: number, error: NotServing): NotServing =>
  error.ended === undefined
    ? error
    : new NotServing({ reason: error.reason, ended: { ...error.ended, code, signal: null } })

/** What is wrong with a program that begins or ends otherwise than it should. */
export const misbehaviours: Readonly<
  Record<string, { readonly misbehave: (honest: AsProgram) => AsProgram; readonly found: ReadonlyArray<string> }>
> = {
  "an engine that doesn't hear SIGTERM": {
    misbehave: (it) => ({
      ...it,
      signal: (engine, signal) => (signal === "SIGTERM" ? Effect.void : it.signal(engine, signal))
    }),
    found: ["SIGTERM ends it before SIGKILL comes, and what was answered is there again"]
  },
  "an engine that SIGTERM costs its game": {
    misbehave: (it) => ({
      ...it,
      startOn: (folder) =>
        Effect.andThen(
          Effect.promise(() => rm(folder, { recursive: true })),
          it.startOn(folder)
        )
    }),
    found: ["SIGTERM ends it before SIGKILL comes, and what was answered is there again"]
  },
  "an engine that outlives who started it": {
    misbehave: (it) => ({ ...it, endInput: () => Effect.void }),
    found: ["with GALAXY_EXIT_WITH_PARENT=1 it ends when standard input ends"]
  },
  "exit code 1 where another attempt can't help": {
    misbehave: (it) => ({
      ...it,
      startOn: (folder, variables) => Effect.mapError(it.startOn(folder, variables), (error) => endedWith(1, error))
    }),
    found: ["wrong settings end it with exit code 2", "a broken file is refused with exit code 2, or does no harm"]
  },
  "an engine that takes any settings": {
    misbehave: (it) => ({ ...it, startOn: (folder) => it.startOn(folder) }),
    found: ["wrong settings end it with exit code 2"]
  },
  "an engine that doesn't say which file is broken": {
    misbehave: (it) => ({
      ...it,
      startOn: (folder, variables) =>
        Effect.mapError(it.startOn(folder, variables), ({ reason, ended }) =>
          ended === undefined ? new NotServing({ reason }) : new NotServing({ reason, ended: { ...ended, stderr: "" } })
        )
    }),
    found: ["a broken file is refused with exit code 2, or does no harm"]
  },
  "an engine that begins anew where a file is broken": {
    misbehave: (it) => ({
      ...it,
      startOn: (folder, variables) =>
        Effect.catchTag(it.startOn(folder, variables), "NotServing", () =>
          Effect.andThen(
            Effect.promise(() => rm(folder, { recursive: true })),
            it.startOn(folder, variables)
          )
        )
    }),
    found: ["a broken file is refused with exit code 2, or does no harm"]
  }
}
