/** Settings of what clients may hold of the gateway at once, and of whose word on addresses is believed. */
import { networks, type Setting, whole } from "./Setting.ts"

export const gatewayBounds = {
  maxConnections: {
    name: "GATEWAY_MAX_CONNECTIONS",
    parse: whole(1, 1_000_000),
    optional: true,
    about: "connections that may be open at once; by default as many as fit the heap, one for each 64 KiB of it"
  },
  maxConnectionsPerAddress: {
    name: "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "the same of one address (IPv6: of one /64)"
  },
  maxRequests: {
    name: "GATEWAY_MAX_OPEN_REQUESTS",
    parse: whole(1, 1_000_000),
    optional: true,
    about:
      "requests and event streams that may be open at once; by default as many as fit the heap, one for each 128 KiB of it"
  },
  maxRequestsPerAddress: {
    name: "GATEWAY_MAX_OPEN_REQUESTS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "the same of one address (IPv6: of one /64)"
  },
  maxStreams: {
    name: "GATEWAY_MAX_STREAMS",
    parse: whole(1, 1_000_000),
    fallback: 50_000,
    fallbackText: "50000",
    about: "event streams that may be open at once"
  },
  maxStreamsPerAddress: {
    name: "GATEWAY_MAX_STREAMS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 640,
    fallbackText: "640",
    about: "the same of one address (IPv6: of one /64); what is left of its open requests stays free for calls"
  },
  maxBodyBytes: {
    name: "GATEWAY_MAX_BODY_BYTES",
    parse: whole(1_048_576, 2 ** 40),
    optional: true,
    about: "bytes of the bodies of open requests that may be held at once; a quarter of the heap by default"
  },
  maxBodyBytesPerAddress: {
    name: "GATEWAY_MAX_BODY_BYTES_PER_ADDRESS",
    parse: whole(1_048_576, 2 ** 40),
    fallback: 33_554_432,
    fallbackText: "33554432",
    about: "the same of one address (IPv6: of one /64)"
  },
  failuresPerAddress: {
    name: "GATEWAY_FAILURES_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 500,
    fallbackText: "500",
    about:
      "failed verifications of one address (IPv6: of one /64) after which its requests are refused, save on connections that have verified in the last 10 minutes"
  },
  failuresPerAddressRefill: {
    name: "GATEWAY_FAILURES_PER_ADDRESS_REFILL",
    parse: whole(1, 1_000_000),
    fallback: 5,
    fallbackText: "5",
    about: "how many of them are forgiven each second"
  },
  exemptNetworks: {
    name: "GATEWAY_EXEMPT_NETWORKS",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about: "networks without these bounds and without budgets by address, as 192.0.2.0/24,2001:db8::/32"
  },
  trustedProxies: {
    name: "GATEWAY_TRUSTED_PROXIES",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about:
      "networks of HTTP proxies whose X-Forwarded-For is believed; from anybody else the connection's own address counts"
  },
  proxyProtocolNetworks: {
    name: "GATEWAY_PROXY_PROTOCOL_NETWORKS",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about:
      "networks of proxies whose connections begin with a header of the PROXY protocol, version 2; connections of them without one are refused"
  }
} as const satisfies Record<string, Setting<unknown>>
