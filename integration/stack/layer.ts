/** The platform in containers: PostgreSQL, Redis, a mail catcher, two backends and two gateways. */
import { statSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Context, Effect, Layer } from "effect"
import { Wait } from "testcontainers"
import { type PlatformImages, testVersion } from "../images/names.ts"
import { platformImages } from "../images/platformImages.ts"
import { adminOf } from "./admin.ts"
import { backendOf, start, startServing, whilePaused } from "./containers.ts"
import { countries } from "./countries.ts"
import { enginesIn } from "./engines.ts"
import { mailsAt } from "./mails.ts"
import * as processes from "./processes.ts"
import { Reports, reportsOn } from "./report.ts"
import * as Run from "./Run.ts"
import { Stack } from "./Stack.ts"
import { failed } from "./StackFailed.ts"

/** The country of this machine: of whoever connects to a published port. */
const country = "IS"

const countriesFile = (networks: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "galaxy-integration-"))
      await writeFile(join(folder, "countries.mmdb"), countries(networks.map((network) => ({ network, country }))))
      return folder
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  ).pipe(Effect.map((folder) => join(folder, "countries.mmdb")))

const services = (run: Run.Run, { mail, services: image }: PlatformImages, secret: processes.Secrets) =>
  Effect.all(
    {
      postgres: start(run, {
        image,
        role: "postgres",
        command: ["postgres"],
        environment: { POSTGRES_USER: "galaxy", POSTGRES_PASSWORD: secret.postgres },
        memory: ["/data"],
        until: Wait.forLogMessage(/ready to accept connections/)
      }),
      redis: start(run, {
        image,
        role: "redis",
        command: ["redis"],
        environment: { REDIS_PASSWORD: secret.redis },
        memory: ["/data"],
        until: Wait.forLogMessage(/Ready to accept connections/)
      }),
      mail: start(run, {
        image: mail,
        role: "mail",
        environment: { MAIL_SMTP_PASSWORD: secret.smtp, MAIL_PAGE_KEY: secret.mailPage },
        ports: [8025],
        until: Wait.forLogMessage(/the mail catcher is ready/)
      })
    },
    { concurrency: "unbounded" }
  )

const platform = Effect.fnUntraced(function* (run: Run.Run, images: PlatformImages) {
  const secret = processes.secrets()
  const { mail } = yield* services(run, images, secret)
  const files = { [processes.countries]: yield* countriesFile(run.subnets), [processes.dockerSocket]: run.socket }
  const groups = [statSync(run.socket).gid]
  const backend = (role: string) =>
    startServing(
      run,
      {
        image: images.backend,
        role,
        environment: processes.backend(secret, role, run),
        files,
        groups,
        networks: [run.engines]
      },
      8081
    ).pipe(Effect.map(({ control, url }) => backendOf(control, url, role)))
  const roles = ["backend-1", "backend-2"] as const
  const gateway = (role: string) =>
    Effect.map(
      startServing(run, { image: images.gateway, role, environment: processes.gateway(secret, role, roles) }, 8080),
      ({ url }) => url
    )
  // A gateway waits for its backends by itself.
  const [backends, gateways] = yield* Effect.all(
    [
      Effect.all([backend(roles[0]), backend(roles[1])], { concurrency: 2 }),
      Effect.all([gateway("gateway-1"), gateway("gateway-2")], { concurrency: 2 })
    ],
    { concurrency: 2 }
  )
  const bootstrap = { user: processes.bootstrapUser, password: secret.admin }
  const admin = adminOf(backends, bootstrap)
  // Which images may be run is an operator's decision.
  yield* admin.post("/engine-versions", { version: testVersion, image_ref: images.engine })
  return Stack.of({
    gateways,
    backends,
    gatewayToken: secret.gatewayToken,
    bootstrap,
    admin,
    country,
    mailsTo: mailsAt(`http://127.0.0.1:${mail.getMappedPort(8025)}`, secret.mailPage),
    withoutRelay: whilePaused(run.docker.getContainer(mail.getId()), "the relay"),
    enginesOf: enginesIn(run)
  })
})

/** A platform of its own on the daemon of this environment. Where it doesn't start, there is a report. */
export const layer = (env: NodeJS.ProcessEnv) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const images = yield* Effect.tryPromise({ try: () => platformImages(env), catch: failed("the images") })
      const run = yield* Run.begin(env)
      const reports = reportsOn(run)
      const stack = yield* reports.of("The start of the platform", platform(run, images))
      return Context.make(Stack, stack).pipe(Context.add(Reports, reports))
    })
  )
