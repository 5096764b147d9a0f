import { ConfigurationInvalid, load } from "@galaxy/host-node/config/load"
import * as settings from "@galaxy/host-node/config/settings"
import { assert, describe, it } from "vitest"

const problemsOf = (environment: Readonly<Record<string, string>>): ReadonlyArray<string> => [
  ...new Set(
    Object.values(settings.groups.user).flatMap((group) => {
      const loaded = load(group, environment, settings.knownNames)
      return loaded instanceof ConfigurationInvalid ? loaded.problems : []
    })
  )
]

const required = {
  USERSERVICE_POSTGRES_PRIMARY_DSN: "postgres://galaxy@db/galaxy",
  USERSERVICE_REDIS_MASTER_ADDR: "redis:6379",
  USERSERVICE_REDIS_PASSWORD: "secret"
}

describe("the settings of the user process", () => {
  it("are complete with the three that have no default", () => {
    assert.deepStrictEqual(problemsOf(required), [])
    const missing = problemsOf({})
    assert.deepStrictEqual(
      missing.map((it) => it.split(":")[0]),
      Object.keys(required)
    )
  })

  it("name each variable that is retired, in one line, without its value", () => {
    const retired = ["ADDR", "USERNAME", "TLS_ENABLED", "KEYSPACE_PREFIX"].map((it) => `USERSERVICE_REDIS_${it}`)
    const problems = problemsOf({ ...required, ...Object.fromEntries(retired.map((it) => [it, "kept secret"])) })
    assert.deepStrictEqual(
      problems.map((it) => it.split(":")[0]),
      retired
    )
    assert.notInclude(problems.join("\n"), "kept secret")
  })

  it("take lists of replicas, and refuse what can't be", () => {
    const { userService } = settings.groups.user
    const loaded = load(
      userService,
      { USERSERVICE_POSTGRES_REPLICA_DSNS: "postgres://a/x, postgres://b/x," },
      settings.knownNames
    )
    assert.deepStrictEqual(loaded instanceof ConfigurationInvalid ? [] : loaded.postgresReplicaDsns, [
      "postgres://a/x",
      "postgres://b/x"
    ])
    for (const [name, value] of [
      ["USERSERVICE_POSTGRES_REPLICA_DSNS", "mysql://a/x"],
      ["USERSERVICE_REDIS_MASTER_ADDR", ":6379"],
      ["USERSERVICE_REDIS_REPLICA_ADDRS", "one,two"],
      ["USERSERVICE_INTERNAL_HTTP_REQUEST_TIMEOUT", "0s"],
      ["USERSERVICE_REDIS_DOMAIN_EVENTS_STREAM_MAX_LEN", "0"],
      ["USERSERVICE_INTERNAL_HTTP_ADRR", ":1"]
    ] as const) {
      const problems = problemsOf({ ...required, [name]: value })
      assert.lengthOf(problems, 1)
      assert.match(problems[0] ?? "", new RegExp(`^${name}: `))
    }
  })
})
