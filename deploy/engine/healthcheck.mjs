/** Ends with 0 when the engine of this container answers that it can serve, with 1 otherwise. */
const address = (process.env.GALAXY_ENGINE_ADDR ?? "").replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")
try {
  const response = await fetch(`http://${address}/healthz`, { signal: AbortSignal.timeout(4_000) })
  process.exitCode = response.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
