/** Games and players by id or by name. A name must belong to exactly one. */
import { Effect } from "effect"
import { Api } from "../client/Api.ts"
import { NoSuchTarget, Usage } from "../failures.ts"
import { absolute } from "../output/times.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const named = /^name:(.+)$/s

const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase()

const many = 20

interface Match {
  readonly id: string
  readonly name: string
  readonly about: string
}

const onlyOne = (kind: string, name: string, found: ReadonlyArray<Match>) => {
  const [first] = found
  if (first === undefined) {
    return Effect.fail(
      new NoSuchTarget({ message: `There is no ${kind} named "${name}".`, hint: `See: galaxy-admin ${kind} list` })
    )
  }
  if (found.length === 1) return Effect.succeed(first)
  return Effect.fail(
    new Usage({
      message: `"${name}" is the name of ${found.length} ${kind}s, and nothing was done. Give the id of one.`,
      hint: found
        .slice(0, many)
        .map((it) => `${it.id}  ${it.about}`)
        .join("\n")
    })
  )
}

/** So many games may begin with a name before it is taken for one that isn't there; a server could go on for ever. */
const mostPages = 500

const gameForm = {
  game_id: "text",
  game_name: "text",
  status: "text",
  "created_at?": "time"
} as const

const gamesNamed = Effect.fnUntraced(function* (name: string) {
  const { call } = yield* Api
  const matches: Array<Match> = []
  let cursor: string | undefined
  let pages = 0
  do {
    const query = { name, limit: "200", ...(cursor === undefined ? {} : { cursor }) }
    const page = yield* call("adminGames.list", { query }, { games: [gameForm], "next_cursor?": "text" })
    for (const it of page.games) {
      if (sameName(it.game_name, name)) {
        matches.push({
          id: it.game_id,
          name: it.game_name,
          about: `${it.status}, created ${absolute(Date.parse(it.created_at ?? ""), "UTC")}`
        })
      }
    }
    cursor = page.next_cursor
  } while (cursor !== undefined && matches.length <= many && ++pages < mostPages)
  return matches
})

const usersNamed = Effect.fnUntraced(function* (name: string) {
  const { call } = yield* Api
  const { users } = yield* call(
    "adminUsers.list",
    { query: { user_name: name } },
    { users: [{ user_id: "text", user_name: "text", status: "text" }] }
  )
  // A server that doesn't know the filter answers with everybody.
  return users
    .filter((it) => sameName(it.user_name, name))
    .map((it): Match => ({ id: it.user_id, name: it.user_name, about: it.status }))
})

/** The id that a text means. Fails with `NoSuchTarget`, or with `Usage` for several or for no id at all. */
export const targetId = Effect.fnUntraced(function* (kind: "game" | "user", text: string) {
  if (uuid.test(text)) return text
  const name = named.exec(text)?.[1]
  if (name === undefined) {
    return yield* new Usage({
      message: `"${text}" must be the ${kind}'s whole id, or name:${kind === "game" ? "NAME" : "USERNAME"}.`,
      hint: `See: galaxy-admin ${kind} list`
    })
  }
  return (yield* onlyOne(kind, name, yield* kind === "game" ? gamesNamed(name) : usersNamed(name))).id
})

/** What a target is called, and a line about its state, for questions. */
export const describeTarget = Effect.fnUntraced(function* (kind: "game" | "user", id: string) {
  const { call } = yield* Api
  if (kind === "game") {
    const game = yield* call(
      "adminGames.get",
      { params: { game_id: id } },
      {
        game_name: "text",
        status: "text",
        "runtime_status?": "text",
        "current_turn?": "number",
        "member_count?": "number"
      }
    )
    const turn = game.runtime_status === "none" || game.current_turn === undefined ? "" : `, turn ${game.current_turn}`
    const players = game.member_count === undefined ? "" : `; ${game.member_count} players`
    return { name: game.game_name, about: `"${game.game_name}" ${id} is ${game.status}${turn}${players}.` }
  }
  const user = yield* call(
    "adminUsers.get",
    { params: { user_id: id } },
    { user_name: "text", status: "text", "display_name?": "text", "entitlement?": { plan_code: "text" } }
  )
  const shown = user.display_name ? ` ("${user.display_name}")` : ""
  const plan = user.entitlement === undefined ? "" : `; plan ${user.entitlement.plan_code}`
  return { name: user.user_name, about: `${user.user_name}${shown} ${id} is ${user.status}${plan}.` }
})
