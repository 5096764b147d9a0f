/**
 * PROXY protocol, version 2: the header by which a proxy in front of a connection says whose it is.
 *
 * Expected from configured networks only, before anything else of the connection, whole within a time and a size; what
 * doesn't begin with one is cut off. Version 1 is not spoken.
 */
import type { Socket } from "node:net"
import { plain } from "@galaxy/edge/address"
import { patiently } from "../bounds/patiently.ts"

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex")
const fixedBytes = 16
/** Addresses and extensions behind the fixed part. The longest address is 216 bytes; extensions are read over. */
export const maxRestBytes = 2_048

const local = 0x20
const proxied = 0x21
const ipv4 = 0x10
const ipv6 = 0x20

/** A header read so far: not yet whole, wrong, or whole with its length and the address that it names, if any. */
export type Read =
  | { readonly state: "partial" }
  | { readonly state: "wrong" }
  | { readonly state: "whole"; readonly length: number; readonly address: string | undefined }

const groupsOf = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(":")

/** Mapped addresses of IPv4 are written as such: the plain form is what everything else compares. */
const address6 = (bytes: Buffer): string =>
  bytes.subarray(0, 12).equals(Buffer.from("00000000000000000000ffff", "hex"))
    ? bytes.subarray(12, 16).join(".")
    : groupsOf(bytes)

export const read = (bytes: Buffer): Read => {
  const begun = Math.min(bytes.length, signature.length)
  if (!bytes.subarray(0, begun).equals(signature.subarray(0, begun))) return { state: "wrong" }
  if (bytes.length < fixedBytes) return { state: "partial" }
  const command = bytes[12]
  const family = (bytes[13] ?? 0) & 0xf0
  const rest = bytes.readUInt16BE(14)
  if ((command !== local && command !== proxied) || rest > maxRestBytes) return { state: "wrong" }
  if (bytes.length < fixedBytes + rest) return { state: "partial" }
  const whole = (address: string | undefined): Read => ({ state: "whole", length: fixedBytes + rest, address })
  // The proxy speaks for itself, as when it looks whether we live.
  if (command === local) return whole(undefined)
  const block = bytes.subarray(fixedBytes, fixedBytes + rest)
  if (family === ipv4) return block.length < 12 ? { state: "wrong" } : whole(block.subarray(0, 4).join("."))
  if (family === ipv6) return block.length < 36 ? { state: "wrong" } : whole(plain(address6(block)))
  return whole(undefined)
}

/**
 * Reads the header off a connection and gives what follows back to it. `done` is told the address, or that there is none
 * and the peer's own counts. Cuts the connection off when the header is wrong or isn't whole in time.
 */
export const expect = (socket: Socket, withinMs: number, done: (address: string | undefined) => void): void => {
  let head: Buffer = Buffer.alloc(0)
  const finish = () => {
    stop()
    socket.off("data", onData)
    socket.off("error", cut)
    socket.off("close", finish)
  }
  const cut = () => {
    finish()
    socket.on("error", () => undefined)
    socket.destroy()
  }
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk])
    const result = read(head)
    if (result.state === "partial") return
    if (result.state === "wrong") {
      cut()
      return
    }
    finish()
    socket.pause()
    if (head.length > result.length) socket.unshift(head.subarray(result.length))
    done(result.address)
  }
  const stop = patiently(withinMs, cut)
  socket.on("error", cut)
  socket.on("close", finish)
  socket.on("data", onData)
  socket.resume()
}
