/** A script of Redis that is called by its hash. */
import { createHash } from "node:crypto"
import type { Redis } from "ioredis"

/** Runs a script: keys first, then the rest. */
export type Script = (
  redis: Redis,
  keys: ReadonlyArray<string>,
  args: ReadonlyArray<string | number>
) => Promise<unknown>

/** Its text is sent only where Redis doesn't have it: it is longer than all the rest. */
export const scriptOf = (text: string): Script => {
  const sha = createHash("sha1").update(text).digest("hex")
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args)
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith("NOSCRIPT"))) throw cause
      return redis.eval(text, keys.length, ...keys, ...args)
    }
  }
}
