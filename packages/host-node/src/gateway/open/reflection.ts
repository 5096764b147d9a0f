/** Server reflection: tools that have no proto files ask the gateway for them. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import type {
  ServerReflectionRequest,
  ServerReflectionResponseSchema
} from "@galaxy/contract/gen/proto/grpc/reflection/v1/reflection_pb"
import type { DescribedFiles } from "./DescribedFiles.ts"

/** Requests of one stream. */
const maxRequests = 256
/** How long a stream may be silent, in milliseconds. */
const patienceMs = 30_000

type Response = MessageInitShape<typeof ServerReflectionResponseSchema>
type Answer = NonNullable<Response["messageResponse"]>

const failed = (errorCode: Code, errorMessage: string): Answer => ({
  case: "errorResponse",
  value: { errorCode, errorMessage }
})

const filesOf = (fileDescriptorProto: ReadonlyArray<Uint8Array> | undefined): Answer =>
  fileDescriptorProto === undefined
    ? failed(Code.NotFound, "there is no such file or symbol")
    : { case: "fileDescriptorResponse", value: { fileDescriptorProto: [...fileDescriptorProto] } }

const answerTo = (
  files: DescribedFiles,
  services: ReadonlyArray<string>,
  { messageRequest }: ServerReflectionRequest
): Answer => {
  switch (messageRequest.case) {
    case "fileByFilename":
      return filesOf(files.named(messageRequest.value))
    case "fileContainingSymbol":
      return filesOf(files.declaring(messageRequest.value))
    case "fileContainingExtension":
      return failed(Code.NotFound, "there are no extensions")
    case "allExtensionNumbersOfType":
      return files.isMessage(messageRequest.value)
        ? { case: "allExtensionNumbersResponse", value: { baseTypeName: messageRequest.value } }
        : failed(Code.NotFound, "there is no such message")
    case "listServices":
      return { case: "listServicesResponse", value: { service: services.map((name) => ({ name })) } }
    case undefined:
      return failed(Code.InvalidArgument, "the request asks for nothing")
  }
}

/** The next request; fails where it takes too long. */
const next = async <A>(requests: AsyncIterator<A, unknown>): Promise<IteratorResult<A, unknown>> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectError("the stream is silent", Code.DeadlineExceeded)), patienceMs)
  })
  try {
    return await Promise.race([requests.next(), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Answers each request of a stream in its order, up to 256 of them; a stream that is silent for 30 s ends. Version `v1alpha`
 * has the same messages under other names.
 */
export const make = (files: DescribedFiles, services: ReadonlyArray<string>) =>
  async function* (requests: AsyncIterable<ServerReflectionRequest>): AsyncGenerator<Response> {
    const iterator = requests[Symbol.asyncIterator]()
    for (let count = 0; ; count++) {
      const result = await next(iterator)
      if (result.done === true) return
      const { value } = result
      if (count >= maxRequests) throw new ConnectError("this stream has asked for enough", Code.ResourceExhausted)
      const messageResponse = answerTo(files, services, value)
      yield { validHost: value.host, originalRequest: value, messageResponse }
    }
  }
