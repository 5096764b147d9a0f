/** Docker's API, on the double and on a daemon where there is one; and dockerode on the double. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { dockerEngine } from "@galaxy/testkit/contract/dockerEngine"
import { contract } from "@galaxy/testkit/contract/vitest"
import * as DockerDouble from "@galaxy/testkit/docker/DockerDouble"
import { eatingImage, engineImage, failingImage, idleImage } from "@galaxy/testkit/docker/engineImage"
import Docker from "dockerode"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, it } from "vitest"
import { pauseImage } from "./pauseImage.ts"

const scope = await Effect.runPromise(Scope.make())
const double = await Effect.runPromise(
  Scope.provide(
    DockerDouble.make({
      "galaxy/engine:1": engineImage,
      "galaxy-test/idle:1": idleImage,
      "galaxy-test/failing:1": failingImage,
      "galaxy-test/eating:1": eatingImage
    }),
    scope
  )
)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

contract(
  "Docker contract: double",
  dockerEngine({
    socketPath: double.socketPath,
    idle: { image: "galaxy-test/idle:1" },
    failing: { image: "galaxy-test/failing:1" },
    eating: { image: "galaxy-test/eating:1" }
  })
)

const daemon = process.env["GALAXY_TEST_DOCKER_HOST"]?.replace(/^unix:\/\//, "")
if (daemon === undefined || process.arch !== "x64") console.warn("skipped: a Docker daemon (GALAXY_TEST_DOCKER_HOST)")
else {
  const image = `galaxy-test/pause:${randomUUID()}`
  const send = (method: string, path: string, body?: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const headers = { "content-type": "application/x-tar" }
      const call = request({ socketPath: daemon, method, path, headers }, (response) => {
        response.resume().on("end", () => {
          if ((response.statusCode ?? 500) < 300) resolve()
          else reject(new Error(`${method} ${path}: ${response.statusCode}`))
        })
      })
      call.on("error", reject).end(body)
    })
  const [repo = "", tag = ""] = image.split(":")
  beforeAll(() => send("POST", `/images/create?fromSrc=-&repo=${repo}&tag=${tag}`, pauseImage()))
  afterAll(() => send("DELETE", `/images/${image}?force=1`))
  contract(
    "Docker contract: daemon",
    dockerEngine({
      socketPath: daemon,
      idle: { image, command: ["/pause"] },
      failing: { image, command: ["/fail"] },
      eating: { image, command: ["/eat"] }
    })
  )
}

describe("dockerode on the double", () => {
  it("runs the real engine in a container, whose volume outlives it", async () => {
    const docker = new Docker({ socketPath: double.socketPath })
    const token = randomUUID()
    const start = async () => {
      const container = await docker.createContainer({
        Image: "galaxy/engine:1",
        Env: [`GALAXY_ENGINE_TOKEN=${token}`, "GALAXY_STATE_DIR=/state", "GALAXY_ENGINE_VERSION=1.2.3"],
        HostConfig: { Binds: ["a-game:/state"], PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] } }
      })
      await container.start()
      const { NetworkSettings } = await container.inspect()
      return { container, url: `http://127.0.0.1:${NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort}` }
    }
    const call = async (url: string, path: string, json?: unknown) => {
      const answer = await fetch(`${url}${path}`, {
        ...(json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }
      })
      return { status: answer.status, body: (await answer.json()) as { readonly turn?: number } }
    }
    const first = await start()
    const races = ["Vega", "Lyra"].map((name) => ({ name, player_id: randomUUID() }))
    const made = await call(first.url, "/api/v1/admin/init", { game_id: randomUUID(), seed: "a seed", races })
    assert.deepEqual([made.status, made.body.turn], [200, 0])
    await first.container.remove({ force: true })
    await assert.rejects(fetch(first.url))

    const second = await start()
    const turn = await call(second.url, "/api/v1/admin/turn", { turn: 1 })
    assert.deepEqual([turn.status, turn.body.turn], [200, 1])
    await assert.rejects(second.container.start(), { statusCode: 304 })
    await assert.rejects(docker.getContainer("nobody").inspect(), { statusCode: 404 })
    await second.container.stop()
    await second.container.remove()
    assert.deepEqual(await docker.listContainers({ all: true }), [])
  })
})
