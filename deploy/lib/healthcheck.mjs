/**
 * Ends with 0 when the process of this container answers a probe, with 1 when it doesn't or says that it can't serve (5xx):
 * `node healthcheck.mjs [VARIABLE [PATH]]`. The variable has the address that the process listens on.
 */
import { get } from "node:http"
import { get as getSecurely } from "node:https"

const [variable = "GALAXY_ENGINE_ADDR", path = "/healthz"] = process.argv.slice(2)
const address = (process.env[variable] ?? "").replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")
const hasTls = variable === "GATEWAY_HTTP_ADDR" && (process.env.GATEWAY_TLS_CERT_PATH ?? "") !== ""
const deadline = AbortSignal.timeout(4_000)

const end = (code) => process.exit(code)
try {
  const request = hasTls
    ? // The certificate is for the name that players know, and this is the same container.
      getSecurely(`https://${address}${path}`, { signal: deadline, rejectUnauthorized: false })
    : get(`http://${address}${path}`, { signal: deadline })
  request.on("response", ({ statusCode }) => end(statusCode < 500 ? 0 : 1))
  request.on("error", () => end(1))
} catch {
  end(1)
}
