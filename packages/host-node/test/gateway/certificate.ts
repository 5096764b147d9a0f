/** Certificates for tests over TLS. */
import { execFileSync, spawnSync } from "node:child_process"
import { hasForTests } from "../../../../scripts/lib/hasForTests.ts"

export const hasOpenssl = hasForTests(
  spawnSync("openssl", ["version"]).status === 0,
  "what needs certificates (there is no openssl)"
)

/** A certificate for 127.0.0.1 that signs itself, with its key. */
export const certificate = (subject = "galaxy.test", days = 60) => {
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days ${days} -addext subjectAltName=IP:127.0.0.1 -keyout - -out -`
  const pem = execFileSync("openssl", [...options.split(" "), "-subj", `/CN=${subject}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  })
  const [key] = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----/.exec(pem) ?? [""]
  const [cert] = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(pem) ?? [""]
  return { key, cert }
}
