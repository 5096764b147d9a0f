/**
 * Ends this process, in good order, when the one that started it is gone.
 *
 * Preloaded into a child whose file descriptor 3 is a pipe that its parent holds,
 * with the parent's process id in GALAXY_LIFELINE_OF: a grandchild that inherits
 * the preload has another parent, and so leaves its own descriptor 3 alone.
 */
import { Socket } from "node:net"
import { isMainThread } from "node:worker_threads"

if (isMainThread && process.env.GALAXY_LIFELINE_OF === String(process.ppid)) {
  delete process.env.GALAXY_LIFELINE_OF
  const lifeline = new Socket({ fd: 3 })
  const end = () => process.kill(process.pid, "SIGTERM")
  lifeline.on("end", end).on("error", end).resume()
  lifeline.unref()
}
