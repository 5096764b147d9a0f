/** Settings for how much clients may hold at the gateway at once, and for whose word on client addresses is trusted. */
import { networks, type Setting, whole } from "./Setting.ts"

/** Merged into the gateway's settings. `BoundsOptions` explains the defaults per address. */
export const gatewayBounds = {
  maxConnections: {
    name: "GATEWAY_MAX_CONNECTIONS",
    parse: whole(1, 1_000_000),
    optional: true,
    about: "largest number of open connections; by default one for each 64 KiB of heap"
  },
  maxConnectionsPerAddress: {
    name: "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "the same bound for one address (IPv6: for one /64)"
  },
  maxUnverifiedPerAddress: {
    name: "GATEWAY_MAX_UNVERIFIED_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 32,
    fallbackText: "32",
    about:
      "connections of one address (IPv6: of one /64) that are read side by side before they have verified a request; further ones wait unread"
  },
  maxWaitingPerAddress: {
    name: "GATEWAY_MAX_WAITING_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 512,
    fallbackText: "512",
    about: "how many of them wait; beyond it they are closed"
  },
  maxRequests: {
    name: "GATEWAY_MAX_OPEN_REQUESTS",
    parse: whole(1, 1_000_000),
    optional: true,
    about: "largest number of open requests and event streams; by default one for each 128 KiB of heap"
  },
  maxRequestsPerAddress: {
    name: "GATEWAY_MAX_OPEN_REQUESTS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 1_024,
    fallbackText: "1024",
    about: "the same bound for one address (IPv6: for one /64)"
  },
  maxStreams: {
    name: "GATEWAY_MAX_STREAMS",
    parse: whole(1, 1_000_000),
    fallback: 50_000,
    fallbackText: "50000",
    about: "largest number of open event streams"
  },
  maxStreamsPerAddress: {
    name: "GATEWAY_MAX_STREAMS_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 640,
    fallbackText: "640",
    about: "the same bound for one address (IPv6: for one /64); the rest of its open requests stays free for calls"
  },
  maxBodyBytes: {
    name: "GATEWAY_MAX_BODY_BYTES",
    parse: whole(1_048_576, 2 ** 40),
    optional: true,
    about:
      "largest number of bytes held for the bodies of open requests and for answers that wait to be sent; a quarter of the heap by default"
  },
  maxBodyBytesPerAddress: {
    name: "GATEWAY_MAX_BODY_BYTES_PER_ADDRESS",
    parse: whole(1_048_576, 2 ** 40),
    fallback: 33_554_432,
    fallbackText: "33554432",
    about: "the same bound for one address (IPv6: for one /64)"
  },
  failuresPerAddress: {
    name: "GATEWAY_FAILURES_PER_ADDRESS",
    parse: whole(1, 1_000_000),
    fallback: 500,
    fallbackText: "500",
    about:
      "failed verifications from one address (IPv6: one /64) before its requests are refused; connections that verified a request in the last 10 minutes go on, within GATEWAY_BUDGET_FAILURES_USER"
  },
  failuresPerAddressRefill: {
    name: "GATEWAY_FAILURES_PER_ADDRESS_REFILL",
    parse: whole(1, 1_000_000),
    fallback: 5,
    fallbackText: "5",
    about: "how many failed verifications are forgiven each second"
  },
  exemptNetworks: {
    name: "GATEWAY_EXEMPT_NETWORKS",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about: "networks exempt from the bounds and budgets per address, such as 192.0.2.0/24,2001:db8::/32"
  },
  trustedProxies: {
    name: "GATEWAY_TRUSTED_PROXIES",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about:
      "networks of HTTP proxies whose X-Forwarded-For is trusted; for all others the address of the connection counts"
  },
  proxyProtocolNetworks: {
    name: "GATEWAY_PROXY_PROTOCOL_NETWORKS",
    parse: networks,
    fallback: [],
    fallbackText: "none",
    about:
      "networks of proxies that begin each connection with a PROXY protocol header, version 2; their connections without one are refused"
  }
} as const satisfies Record<string, Setting<unknown>>
