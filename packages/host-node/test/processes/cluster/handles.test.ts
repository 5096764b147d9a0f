/** A connection on its way to another process, through a real one. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, connect, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { handleOf } from "@galaxy/host-node/processes/cluster/handles"
import { assert, it } from "vitest"

it("isn't read by the other process before that wants to, and loses nothing", { timeout: 20_000 }, async () => {
  const program = fileURLToPath(new URL("./programs/reader.ts", import.meta.url))
  const child = fork(program, [], {
    execArgv: ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"]
  })
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    child.send("here", handleOf(socket), {}, () => socket.destroy())
  })
  try {
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1")
    client.write("some ")
    const [unread] = (await once(child, "message")) as [unknown]
    assert.deepStrictEqual(unread, { bytesRead: 0 })
    client.write("words")
    child.send("read")
    client.end()
    const [read] = (await once(child, "message")) as [unknown]
    assert.deepStrictEqual(read, { text: "some words" })
    client.destroy()
  } finally {
    child.kill()
    server.close()
  }
})
