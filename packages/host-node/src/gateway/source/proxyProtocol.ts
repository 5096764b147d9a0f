/**
 * PROXY protocol, version 2: the header by which a proxy in front of a connection says whose it is.
 *
 * It is expected only from configured networks, before anything else on the connection, and complete within a time and
 * a size. A connection without one is cut off. Version 1 is not supported.
 */
import type { Socket } from "node:net"
import { plain } from "@galaxy/contract/net/Address"
import { patiently } from "../bounds/patiently.ts"

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex")
const fixedBytes = 16
/** Addresses and extensions after the fixed part. The longest address is 216 bytes; extensions are skipped. */
export const maxRestBytes = 2_048

const local = 0x20
const proxied = 0x21
const ipv4 = 0x10
const ipv6 = 0x20

/** A header read so far: incomplete, wrong, or complete with its length and the address that it names, if any. */
export type Read =
  | { readonly state: "partial" }
  | { readonly state: "wrong" }
  | { readonly state: "whole"; readonly length: number; readonly address: string | undefined }

const groupsOf = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(":")

/** Mapped IPv4 addresses are written in the form whose plain spelling is compared everywhere else. */
const address6 = (bytes: Buffer): string =>
  bytes.subarray(0, 12).equals(Buffer.from("00000000000000000000ffff", "hex"))
    ? bytes.subarray(12, 16).join(".")
    : groupsOf(bytes)

/**
 * Reads the header at the beginning of `bytes`; while it is partial, to be called again with more. A header for the
 * proxy itself, or of another address family, is complete without an address.
 */
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
  // The proxy speaks for itself, as in a health check.
  if (command === local) return whole(undefined)
  const block = bytes.subarray(fixedBytes, fixedBytes + rest)
  if (family === ipv4) return block.length < 12 ? { state: "wrong" } : whole(block.subarray(0, 4).join("."))
  if (family === ipv6) return block.length < 36 ? { state: "wrong" } : whole(plain(address6(block)))
  return whole(undefined)
}

/**
 * Reads the header off a connection and gives the rest back to it. `done` gets the address, or undefined where the
 * peer's own counts. Cuts the connection off when the header is wrong or isn't complete in time.
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
