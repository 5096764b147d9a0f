/** Gets a connection, waits until something of it could have been read, and reads it when it is told to. */
import { socketOf } from "@galaxy/host-node/processes/cluster/handles"

process.on("message", (message, handle) => {
  const socket = message === "here" ? socketOf(handle) : undefined
  if (socket === undefined) return
  // What came is there after some rounds of the event loop, if it is read at all.
  let rounds = 100
  const look = () => {
    if (rounds-- > 0) setImmediate(look)
    else process.send?.({ bytesRead: socket.bytesRead })
  }
  look()
  process.on("message", (word) => {
    if (word !== "read") return
    let text = ""
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
    })
    socket.once("end", () => process.send?.({ text }))
    socket.resume()
  })
})
