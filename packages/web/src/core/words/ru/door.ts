/** The words of the way in, in Russian. */
import { common } from "./common.ts"
import { failure } from "./failure.ts"
import { signIn } from "./signIn.ts"

/** Sections of the catalogue. */
export const door = { common, failure, signIn }
