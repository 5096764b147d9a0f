/** The settings of the platform's processes in a run: what an operator would write into their environment. */
import { randomBytes } from "node:crypto"

/** What the processes of one platform know each other by; drawn anew for each run. */
export const secrets = () => {
  const secret = () => randomBytes(24).toString("base64url")
  return {
    postgres: secret(),
    redis: secret(),
    smtp: secret(),
    mailPage: secret(),
    gatewayToken: secret(),
    backendKey: randomBytes(32).toString("base64"),
    signingKey: randomBytes(32).toString("base64"),
    admin: secret()
  }
}

export type Secrets = ReturnType<typeof secrets>

/** Where a backend finds the database of countries. */
export const countries = "/etc/galaxy/countries.mmdb"

export const bootstrapUser = "root"

/** Where a backend finds the socket of the daemon on which it runs engines. */
export const dockerSocket = "/run/docker.sock"

/** The run's daemon as the one host of engines, which are reached by their names in this network. */
const engines = (installation: string, network: string): Record<string, string> => ({
  BACKEND_ENGINES: "docker",
  BACKEND_DOCKER_INSTALLATION: installation,
  BACKEND_DOCKER_HOSTS: JSON.stringify([
    { name: "here", endpoint: `unix://${dockerSocket}`, reach: "name", network, engines: 20 }
  ])
})

/** A backend that the others of its database reach under this name. */
export const backend = (
  secret: Secrets,
  name: string,
  run: { readonly installation: string; readonly engines: string }
): Record<string, string> => ({
  BACKEND_POSTGRES_DSN: `postgres://galaxy:${secret.postgres}@postgres:5432/galaxy`,
  BACKEND_SECRET_KEY: secret.backendKey,
  BACKEND_SMTP_URL: `smtp://galaxy:${secret.smtp}@mail:1025?tls=none`,
  // A relay that answers nothing shall be noticed while a scenario waits for it.
  BACKEND_SMTP_TIMEOUT: "1s",
  BACKEND_GATEWAY_TOKEN: secret.gatewayToken,
  BACKEND_CLUSTER_ADDR: `${name}:7070`,
  BACKEND_CLUSTER_LISTEN_ADDR: "0.0.0.0:7070",
  BACKEND_GEOIP_DB_PATH: countries,
  BACKEND_ADMIN_BOOTSTRAP_USER: bootstrapUser,
  BACKEND_ADMIN_BOOTSTRAP_PASSWORD: secret.admin,
  ...engines(run.installation, run.engines)
})

/** Every player of the suite comes from one address: what strangers may do in a minute is too little for all of them. */
const unlimited = Object.fromEntries(
  ["IP", "SESSION", "USER", "MESSAGE_TYPE", "PUBLIC_IP", "PUBLIC_IDENTITY", "REPEATS"].map((budget) => [
    `GATEWAY_BUDGET_${budget}`,
    "100000,100000"
  ])
)

/** A gateway in front of these backends. */
export const gateway = (secret: Secrets, name: string, backends: ReadonlyArray<string>): Record<string, string> => ({
  GATEWAY_BACKEND_HTTP_URL: backends.map((it) => `http://${it}:8081`).join(","),
  GATEWAY_BACKEND_GRPC_PUSH_URL: backends.map((it) => `http://${it}:8082`).join(","),
  GATEWAY_BACKEND_TOKEN: secret.gatewayToken,
  GATEWAY_CLIENT_ID: name,
  GATEWAY_REDIS_URL: `redis://:${secret.redis}@redis:6379`,
  GATEWAY_SIGNING_KEY: secret.signingKey,
  // A gateway on a new Redis refuses commands for so long.
  GATEWAY_FRESHNESS_FUTURE: "1s",
  GATEWAY_PROCESSES: "1",
  ...unlimited
})
