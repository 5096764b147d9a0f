/** Certificates for mutual TLS, made as docs/operating/docker.md tells operators to: with openssl. */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DockerTls } from "@galaxy/host-node/engine-host/docker/DockerEndpoint"

/** Files for the daemon, and texts for who calls it. */
export interface Certificates {
  readonly ca: string
  readonly serverCert: string
  readonly serverKey: string
  readonly client: DockerTls
}

/** A new authority, a daemon's certificate for an address, and a client's, all in a folder. */
export const makeCertificates = (folder: string, address: string): Certificates => {
  const at = (name: string) => join(folder, name)
  const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" })
  const key = (name: string) =>
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", at(`${name}-key.pem`))
  const signed = (name: string, subject: string, extensions: string) => {
    key(name)
    openssl("req", "-new", "-key", at(`${name}-key.pem`), "-subj", subject, "-out", at(`${name}.csr`))
    writeFileSync(at(`${name}.ext`), extensions)
    const authority = ["-CA", at("ca.pem"), "-CAkey", at("ca-key.pem"), "-CAcreateserial"]
    const files = ["-in", at(`${name}.csr`), "-extfile", at(`${name}.ext`), "-out", at(`${name}.pem`)]
    openssl("x509", "-req", "-days", "2", ...authority, ...files)
  }
  key("ca")
  openssl("req", "-x509", "-new", "-key", at("ca-key.pem"), "-days", "2", "-subj", "/CN=test", "-out", at("ca.pem"))
  signed("server", "/CN=docker", `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth\n`)
  signed("client", "/CN=backend", "extendedKeyUsage=clientAuth\n")
  const read = (name: string) => readFileSync(at(name), "utf8")
  return {
    ca: at("ca.pem"),
    serverCert: at("server.pem"),
    serverKey: at("server-key.pem"),
    client: { ca: read("ca.pem"), cert: read("client.pem"), key: read("client-key.pem") }
  }
}
