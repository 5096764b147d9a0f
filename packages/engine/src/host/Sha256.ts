/** Port to the host's SHA-256: the platform's own takes a twentieth of the time, but browsers have none that answers at once. */
import { Context } from "effect"
import { sha256Hex } from "../random/sha256.ts"

/** The digest of a text's UTF-8 bytes, in lower-case hex. */
export type Sha256Hex = (text: string) => string

/** Port: the host's SHA-256; where none is given, the engine's own. */
export const Sha256 = Context.Reference<Sha256Hex>("@galaxy/engine/host/Sha256", { defaultValue: () => sha256Hex })
