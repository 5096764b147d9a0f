/**
 * The engine's REST surface (wire contract, section 4): one engine serves one game.
 *
 * Init and turn are idempotent, so a caller who lost the answer can ask again. A write names the turn that it is meant
 * for, or else means the open one; a write for any other turn is a conflict.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware } from "effect/http-api"
import { InvalidRequestWire, wireErrors } from "../api/ApiError.ts"
import { int, label, whole } from "../api/Fields.ts"
import {
  BanishAnswer,
  BanishRequest,
  ComputerRequest,
  EngineStatus,
  Health,
  InitRequest,
  TurnRequest
} from "./Admin.ts"
import { maxOrders, maxRaceName, maxTurn } from "./Limits.ts"
import { Order, Revision, WrittenOrders } from "./Order.ts"
import { Report } from "./Report.ts"
import { StateListing, StateQuery } from "./State.ts"

const actor = label(maxRaceName)
const orderList = Schema.Array(Order).check(Schema.isMaxLength(maxOrders))
/** A misspelt argument must not be dropped silently: it would change what the order means. */
const knownFieldsOnly = { onExcessProperty: "error" } as const
const openTurn = Schema.optionalKey(int(0, maxTurn))

/** Body of `POST /command`: a batch that is appended to the race's orders, or refused as a whole. */
export const CommandRequest = Schema.Struct({ actor, turn: openTurn, commands: orderList })

/**
 * Body of `PUT /order`: the list that replaces the race's orders. Refused orders in it are stored too. With an
 * `if_revision` above 0 that isn't the stored one, it is a conflict (`orders_changed`) and nothing changes.
 */
export const OrderRequest = Schema.Struct({
  actor,
  turn: openTurn,
  orders: orderList,
  if_revision: Schema.optionalKey(Revision)
})

const ofRace = { race: actor, turn: Schema.optionalKey(whole(0, maxTurn)) }

/** Answers requests that don't decode with `invalid_request`. */
export class EngineInputErrors extends HttpApiMiddleware.Service<EngineInputErrors>()(
  "@galaxy/contract/engine/EngineApi/InputErrors",
  { error: InvalidRequestWire }
) {}

/** The probe: the only route that needs no token. */
export class HealthGroup extends HttpApiGroup.make("health").add(
  HttpApiEndpoint.get("healthz", "/healthz", { success: Health, error: wireErrors })
) {}

/**
 * The platform's calls: creating the galaxy, making turns, removing races. Before `init` the others are conflicts, and
 * once the game is finished so is a new turn.
 */
export class EngineAdminGroup extends HttpApiGroup.make("admin")
  .add(
    HttpApiEndpoint.post("init", "/init", { payload: InitRequest, success: EngineStatus, error: wireErrors }),
    HttpApiEndpoint.get("status", "/status", { success: EngineStatus, error: wireErrors }),
    HttpApiEndpoint.post("turn", "/turn", { payload: TurnRequest, success: EngineStatus, error: wireErrors }),
    HttpApiEndpoint.post("banish", "/race/banish", {
      payload: BanishRequest,
      success: BanishAnswer,
      error: wireErrors
    }),
    HttpApiEndpoint.post("computer", "/race/computer", {
      payload: ComputerRequest,
      success: BanishAnswer,
      error: wireErrors
    }),
    // `GET` and `PUT` of `/state/{path}` carry the bytes of one file, so they are no endpoints of JSON.
    HttpApiEndpoint.get("state", "/state", { query: StateQuery, success: StateListing, error: wireErrors }),
    HttpApiEndpoint.post("openState", "/state/open", { success: EngineStatus, error: wireErrors })
  )
  .prefix("/api/v1/admin") {}

/**
 * Orders and reports of one race, whose name may be in any case. An unknown race or a turn not made yet is `not_found`;
 * orders of a race that has left, or in a finished game, are conflicts. A field that no order has is `invalid_request`.
 */
export class PlayGroup extends HttpApiGroup.make("play")
  .add(
    HttpApiEndpoint.post("command", "/command", {
      payload: CommandRequest,
      success: WrittenOrders,
      error: wireErrors
    }).annotate(HttpApi.PayloadParseOptions, knownFieldsOnly),
    HttpApiEndpoint.put("order", "/order", {
      payload: OrderRequest,
      success: WrittenOrders,
      error: wireErrors
    }).annotate(HttpApi.PayloadParseOptions, knownFieldsOnly),
    HttpApiEndpoint.get("orders", "/order", { query: ofRace, success: WrittenOrders, error: wireErrors }),
    HttpApiEndpoint.get("report", "/report", { query: ofRace, success: Report, error: wireErrors })
  )
  .prefix("/api/v1") {}

/** The whole surface. The token that every other route than the probe needs is checked by the engine's listener. */
export class EngineApi extends HttpApi.make("engine")
  .add(HealthGroup, EngineAdminGroup, PlayGroup)
  .middleware(EngineInputErrors) {}
