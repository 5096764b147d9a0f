import * as Budgets from "@galaxy/edge/Budgets"
import { budgetsOf, gatewayLimits, rate, timesOf } from "@galaxy/host-node/config/gatewayLimits"
import { load, ConfigurationInvalid } from "@galaxy/host-node/config/load"
import * as settings from "@galaxy/host-node/config/settings"
import { assert, describe, it } from "vitest"

const valuesOf = (environment: Readonly<Record<string, string>>) => {
  const values = load(settings.gateway, environment, settings.knownNames)
  if (values instanceof ConfigurationInvalid) throw values
  return values
}

describe("what a gateway grants", () => {
  it("is what the gateway has by itself, as long as nothing is set", () => {
    assert.deepInclude(Budgets.defaults, budgetsOf(valuesOf({})))
  })

  it("is what is set", () => {
    const values = valuesOf({ GATEWAY_BUDGET_PUBLIC_IP: "5,0.25", GATEWAY_HEADERS_TIMEOUT: "3s" })
    assert.deepStrictEqual(budgetsOf(values).publicIp, { burst: 5, perSecond: 0.25 })
    assert.strictEqual(timesOf(values).headersMs, 3_000)
  })

  it("has a form that can't be mistaken", () => {
    for (const wrong of ["", "400", "0,1", "1,0", "-1,5", "1,5/s", "1;5", "1, 5", "1e9,1"]) {
      assert.property(rate(wrong), "problem", wrong)
    }
    assert.isAbove(Object.keys(gatewayLimits).length, 0)
  })
})
