/** A certificate for 127.0.0.1 that signs itself, made by OpenSSL. */
import { execFileSync, spawnSync } from "node:child_process"

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

export const certificate = () => {
  const options =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=galaxy.test -keyout - -out -"
  const pem = execFileSync("openssl", [...options.split(" "), "-addext", "subjectAltName=IP:127.0.0.1"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  })
  const [key] = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----/.exec(pem) ?? [""]
  const [cert] = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(pem) ?? [""]
  return { key, cert }
}
