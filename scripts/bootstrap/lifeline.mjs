/**
 * Ends this process, in good order, when the one that started it is gone.
 *
 * Preloaded by `scripts/bootstrap.mjs`, which holds the other end of the pipe.
 */
import { fstatSync } from "node:fs"
import { Socket } from "node:net"
import { isMainThread } from "node:worker_threads"

const lifelineFd = 3

const isOpen = () => {
  try {
    const stat = fstatSync(lifelineFd)
    return stat.isSocket() || stat.isFIFO()
  } catch {
    return false
  }
}

if (isMainThread && isOpen()) {
  const lifeline = new Socket({ fd: lifelineFd })
  const end = () => process.kill(process.pid, "SIGTERM")
  lifeline.on("end", end).on("error", end).resume()
  lifeline.unref()
}
