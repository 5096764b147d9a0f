/**
 * Endpoints whose bodies and answers are in `UserNotices.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "./ApiError.ts"
import { paging } from "./Fields.ts"
import { NoticeList, ReadNotices, UnreadNotices } from "./UserNotices.ts"

/** The caller's own notices. They are kept as long as events: at least a day, and at least the newest 1,000. */
export class NoticesGroup extends HttpApiGroup.make("notices")
  .add(
    HttpApiEndpoint.get("list", "/", { query: paging, success: NoticeList, error: wireErrors }),
    HttpApiEndpoint.post("read", "/read", { payload: ReadNotices, success: UnreadNotices, error: wireErrors })
  )
  .prefix("/api/v1/user/notices") {}
