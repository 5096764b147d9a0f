/**
 * Every domain error with its wire code: the modules' tables combined.
 *
 * No two modules may use the same tag, since their lines would overwrite each other.
 */
import * as account from "../account/http/errors.ts"
import * as auth from "../auth/http/errors.ts"
import * as engine from "../engine/http/errors.ts"
import * as game from "../lobby/game/http/errors.ts"
import * as invite from "../lobby/invite/http/errors.ts"
import * as membership from "../lobby/membership/http/errors.ts"
import * as raceName from "../race-name/http/errors.ts"
import * as runtime from "../runtime/http/errors.ts"
import { shared } from "../shared/http/errors.ts"

/** The tables in the order of the modules. */
export const tables = [
  shared,
  account.errors,
  auth.errors,
  raceName.errors,
  engine.errors,
  runtime.errors,
  game.errors,
  membership.errors,
  invite.errors
] as const

/** All tables merged into one, by error tag. */
export const errors = Object.assign({}, ...tables) as UnionToIntersection<(typeof tables)[number]>

type UnionToIntersection<U> = (U extends unknown ? (it: U) => void : never) extends (it: infer I) => void ? I : never
