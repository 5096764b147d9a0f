import { oldSpaceOf, processesOn, shareOf } from "@galaxy/host-node/processes/cluster/shares"
import { assert, it } from "vitest"

const gibibyte = 1_024 ** 3

it("there is a process for each core, as far as their heaps are large enough", () => {
  assert.strictEqual(processesOn({ cores: 1, heapBytes: 4 * gibibyte }), 1)
  assert.strictEqual(processesOn({ cores: 2, heapBytes: 4 * gibibyte }), 2)
  assert.strictEqual(processesOn({ cores: 96, heapBytes: 64 * gibibyte }), 16)
  assert.strictEqual(processesOn({ cores: 96, heapBytes: 4 * gibibyte }), 9)
  assert.strictEqual(processesOn({ cores: 8, heapBytes: gibibyte }), 2)
  assert.strictEqual(processesOn({ cores: 8, heapBytes: gibibyte / 4 }), 1)
})

it("their heaps are together that of one", () => {
  // V8's limit is its old space and the 192 MiB of its young one.
  for (const count of [2, 4, 9]) assert.isAtMost(count * (oldSpaceOf(count, 4 * gibibyte) + 192), 4_096)
  assert.isAtLeast(oldSpaceOf(9, 4 * gibibyte), 256)
})

it("overall bounds are divided, and those of an address are whole", () => {
  const options = {
    host: "127.0.0.1",
    port: 0,
    bounds: { connections: 1_000, requests: 999, bodyBytes: 10, connectionsPerAddress: 100, requestsPerAddress: 10 },
    hub: { maxStreams: 7, maxStreamsPerNetwork: 5 }
  }
  assert.deepStrictEqual(shareOf(options, 2), {
    ...options,
    bounds: { ...options.bounds, connections: 500, requests: 500, bodyBytes: 5 },
    hub: { maxStreams: 4, maxStreamsPerNetwork: 5 }
  })
  assert.deepStrictEqual(shareOf({ host: "127.0.0.1", port: 0 }, 2), {
    host: "127.0.0.1",
    port: 0,
    bounds: {},
    hub: {}
  })
})
