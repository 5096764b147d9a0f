/** The frame of a message in gRPC, and in streams of Connect: a byte of flags, and four that have its length. */

/** Bytes before each message. */
export const frameHead = 5

/** Fills the head in, whose bytes are the first of the frame. */
export const withHead = (frame: Buffer, flags: number): Buffer => {
  frame.writeUInt8(flags, 0)
  frame.writeUInt32BE(frame.length - frameHead, 1)
  return frame
}

/** A message in its frame. */
export const framed = (message: Uint8Array, flags = 0): Buffer => {
  const frame = Buffer.allocUnsafe(frameHead + message.length)
  frame.set(message, frameHead)
  return withHead(frame, flags)
}

/** The message of a body that is exactly one frame without flags. */
export const messageIn = (body: Buffer): Buffer | undefined =>
  body.length >= frameHead && body[0] === 0 && body.readUInt32BE(1) === body.length - frameHead
    ? body.subarray(frameHead)
    : undefined
