/**
 * Sends data in pieces and counts those that have left, so that progress shows even within one large answer.
 *
 * Node tells only when a whole buffer has left, which for a large answer and a slow reader may take minutes.
 */
import type * as http2 from "node:http2"
import type { Socket } from "node:net"

/** How many pieces have left so far. */
export interface Progress {
  pieces: number
}

/** The most that is sent at once, in bytes. */
export const bytesOfPiece = 16 * 1_024

type Done = (error?: Error | null) => void
type Chunk = Uint8Array | string
interface Writev {
  readonly chunk: Chunk
  readonly encoding: BufferEncoding
}

const bytesOf = (chunk: Chunk, encoding: BufferEncoding): Uint8Array =>
  typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk

const slices = function* (bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += bytesOfPiece) yield bytes.subarray(at, at + bytesOfPiece)
}

const known = new WeakMap<object, Progress>()

/** Follows a socket of HTTP/1.1; the same progress for the same socket. */
export const ofSocket = (socket: Socket): Progress => {
  const earlier = known.get(socket)
  if (earlier !== undefined) return earlier
  const progress: Progress = { pieces: 0 }
  known.set(socket, progress)
  const write = socket._write.bind(socket)
  const writev = socket._writev?.bind(socket)
  /** One piece after the other; the system takes most of them at once. */
  const send = (pieces: Iterator<Uint8Array>, done: Done): void => {
    const next = pieces.next()
    if (next.done === true) {
      done()
      return
    }
    write(next.value, "buffer" as BufferEncoding, (error) => {
      if (error !== null && error !== undefined) {
        done(error)
        return
      }
      progress.pieces += 1
      send(pieces, done)
    })
  }
  const counted =
    (done: Done): Done =>
    (error) => {
      progress.pieces += 1
      done(error)
    }
  socket._write = (chunk: Chunk, encoding, done) => {
    if (chunk.length <= bytesOfPiece) write(chunk, encoding, counted(done))
    else send(slices(bytesOf(chunk, encoding)), done)
  }
  if (writev !== undefined) {
    socket._writev = (chunks: Array<Writev>, done) => {
      let length = 0
      for (const { chunk } of chunks) length += chunk.length
      if (length <= bytesOfPiece) writev(chunks, counted(done))
      else send(slices(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)))), done)
    }
  }
  return progress
}

/**
 * Follows a stream of HTTP/2. Its data is cut up before the stream sees it: the stream decides by what it still has to
 * write which frame is the last.
 */
export const ofStream = (stream: http2.ServerHttp2Stream): Progress => {
  const progress: Progress = { pieces: 0 }
  const own = stream as unknown as {
    _write: (chunk: Chunk, encoding: BufferEncoding, done: Done) => void
    _writev: unknown
    write: (chunk: unknown, ...more: ReadonlyArray<unknown>) => boolean
    end: (...all: ReadonlyArray<unknown>) => unknown
  }
  const [raw, write, end] = [own._write.bind(own), own.write.bind(own), own.end.bind(own)]
  own._write = (chunk, encoding, done) => {
    raw(chunk, encoding, (error) => {
      progress.pieces += 1
      done(error)
    })
  }
  // It would put the pieces together again.
  own._writev = undefined
  /** Writes all but the last piece and returns that. */
  const allButLast = (chunk: unknown): unknown => {
    if (!(chunk instanceof Uint8Array) || chunk.length <= bytesOfPiece) return chunk
    const last = Math.floor((chunk.length - 1) / bytesOfPiece) * bytesOfPiece
    for (const piece of slices(chunk.subarray(0, last))) write(piece)
    return chunk.subarray(last)
  }
  own.write = (chunk, ...more) => write(allButLast(chunk), ...more)
  own.end = (chunk, ...more) => end(allButLast(chunk), ...more)
  return progress
}
