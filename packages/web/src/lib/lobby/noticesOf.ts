/** The notices of a player, on their page and as the number beside the way to it. */
import * as Notices from "../../core/notices/Notices.ts"
import { ofPlayer } from "../ofPlayer.ts"

export const noticesOf = ofPlayer((me) => Notices.make(me))
