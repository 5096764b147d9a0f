import { merged } from "@galaxy/host-node/telemetry/mergedMetrics"
import { assert, it } from "vitest"

const text = (calls: number) => `# HELP calls_total how many calls
# TYPE calls_total counter
calls_total{outcome="ok"} ${calls}
calls_total{outcome="refused"} 1

# HELP up_seconds since the start
# TYPE up_seconds gauge
up_seconds 7
`

it("the metrics of several processes are one text, with the label of the process", () => {
  const only = "# TYPE own gauge\nown{} 1\n"
  assert.strictEqual(
    merged([
      { process: 1, text: text(5) },
      { process: 2, text: `${only}${text(6)}` }
    ]),
    `# HELP calls_total how many calls
# TYPE calls_total counter
calls_total{process="1",outcome="ok"} 5
calls_total{process="1",outcome="refused"} 1
calls_total{process="2",outcome="ok"} 6
calls_total{process="2",outcome="refused"} 1

# HELP up_seconds since the start
# TYPE up_seconds gauge
up_seconds{process="1"} 7
up_seconds{process="2"} 7

# TYPE own gauge
own{process="2"} 1
`
  )
})
