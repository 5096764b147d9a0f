/** SHA-256 of the platform, for the digests of state files. */
import { createHash } from "node:crypto"
import { Sha256 } from "@galaxy/engine/host/Sha256"
import { Layer } from "effect"

/** Replaces the engine's own SHA-256, which is slower. */
export const layer = Layer.succeed(Sha256, (text) => createHash("sha256").update(text, "utf8").digest("hex"))
