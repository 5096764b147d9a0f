/** Answers on their way over HTTP/1.1 and HTTP/2, as `Answers` sees them. */
import type * as http from "node:http"
import type * as http2 from "node:http2"
import type { Answer, Outgoing } from "./Answers.ts"
import * as pieces from "./pieces.ts"

/** An answer over HTTP/1.1; to end it, its connection has to go. */
export const ofResponse = (response: http.ServerResponse, socket: http.IncomingMessage["socket"]): Outgoing => {
  const progress = pieces.ofSocket(socket)
  return {
    unsent: () => response.writableLength,
    isWaiting: () => response.writableLength > 0 || (response.writableEnded && !response.writableFinished),
    hasTurn: () => response.socket !== null,
    pieces: () => progress.pieces,
    cut: () => socket.destroy()
  }
}

/** An answer over HTTP/2. */
export const ofStream = (stream: http2.ServerHttp2Stream, cut: () => void): Outgoing => {
  const progress = pieces.ofStream(stream)
  return {
    unsent: () => stream.writableLength,
    isWaiting: () => stream.writableLength > 0 || (stream.writableEnded && !stream.writableFinished),
    hasTurn: () => true,
    pieces: () => progress.pieces,
    cut
  }
}

interface Written {
  write: (...all: ReadonlyArray<never>) => unknown
  end: (...all: ReadonlyArray<never>) => unknown
}

/** Tells the answer whenever something is written. */
export const follow = (target: http.ServerResponse | http2.ServerHttp2Stream, answer: Answer): void => {
  const own = target as Written
  const [write, end] = [own.write.bind(own), own.end.bind(own)]
  own.write = (...all) => {
    const result = write(...all)
    answer.changed()
    return result
  }
  own.end = (...all) => {
    const result = end(...all)
    answer.changed()
    return result
  }
}
