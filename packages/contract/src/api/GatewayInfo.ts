/** What a gateway says of itself to anybody, before anything is signed. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

/** The path of `gateway-info`. */
export const gatewayInfoPath = "/api/v1/public/gateway-info"

/** Whole milliseconds. */
const Millis = Schema.Int

/** A key of the platform's gateways that another of their keys vouches for, while keys are rotated. */
export const EndorsedKey = Schema.Struct({
  /** Standard base64 of the raw 32-byte key that may sign answers and events too. */
  public_key: Schema.String,
  /** `successor` of the key that vouches for it, or its `predecessor`. Other words may be added and are to be ignored. */
  role: Schema.String,
  /** Standard base64 of the raw 32-byte key that vouches for it. */
  endorsed_by: Schema.String,
  /** Unix milliseconds from which the endorsement no longer counts. */
  expires_at_ms: Millis,
  /** Standard base64 of the signature of `endorsed_by` over the key endorsement's signing input. */
  endorsement: Schema.String
})

/** Answer of `gateway-info`. It isn't signed, so its key is as trustworthy as the connection it came over. */
export const GatewayInfo = Schema.Struct({
  /** The version of the signed protocol, such as `v1`. */
  protocol_version: Schema.String,
  /** Standard base64 of the raw 32-byte Ed25519 public key that signs answers and events. Clients pin the first they see. */
  signing_public_key: Schema.String,
  /** Set while keys are rotated: by these a client that has pinned one of the keys comes to trust the other. */
  signing_keys: Schema.optionalKey(Schema.Array(EndorsedKey)),
  /** How far a request's timestamp may lie in the past. */
  freshness_past_ms: Millis,
  /** How far a request's timestamp may lie in the future. */
  freshness_future_ms: Millis,
  /** Unix milliseconds. Not signed, so it never sets a client's clock. */
  server_time_ms: Millis
})

/** What a client has to know of a gateway before it signs anything: its key, its clock and how exact a request's time must be. */
export class GatewayGroup extends HttpApiGroup.make("gateway").add(
  HttpApiEndpoint.get("gatewayInfo", gatewayInfoPath, { success: GatewayInfo })
) {}

/** What a gateway answers by itself. The routes that it passes on are in `PublicApi`. */
export class GatewayApi extends HttpApi.make("gateway").add(GatewayGroup) {}
