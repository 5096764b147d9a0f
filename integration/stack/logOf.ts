/** The log of a container. */
import type Dockerode from "dockerode"

/** Docker sends both outputs in frames with a header of eight bytes each; so are logs of containers without a terminal. */
const unframed = (bytes: Buffer) => {
  const parts: Array<Buffer> = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at + 4)
    parts.push(bytes.subarray(at + 8, at + 8 + size))
    at += 8 + size
  }
  return Buffer.concat(parts).toString("utf8")
}

/** So many of its newest lines, each with its time. */
export const logOf = async (container: Dockerode.Container, lines: number): Promise<string> =>
  unframed(await container.logs({ stdout: true, stderr: true, timestamps: true, tail: lines }))
