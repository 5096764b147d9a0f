/** What a daemon answers, as far as engines need it. What doesn't decode is no answer. */
import { Schema } from "effect"

const Labels = Schema.Record(Schema.String, Schema.String)

/** `created` until it is started, `exited` or `dead` once it has ended; `removing` is on its way out. */
export const ContainerStatus = Schema.Literals([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead"
])

const Binding = Schema.Struct({ HostIp: Schema.String, HostPort: Schema.String })

/** One container in full. */
export const Inspected = Schema.Struct({
  Id: Schema.String,
  /** The id of its image, not the reference. */
  Image: Schema.String,
  State: Schema.Struct({
    Status: ContainerStatus,
    ExitCode: Schema.Int,
    OOMKilled: Schema.Boolean,
    /** What kept it from starting, in the daemon's words; empty otherwise. */
    Error: Schema.optionalKey(Schema.String),
    FinishedAt: Schema.optionalKey(Schema.String)
  }),
  Config: Schema.Struct({ Image: Schema.String, Labels: Schema.NullOr(Labels) }),
  NetworkSettings: Schema.Struct({
    Ports: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.NullOr(Schema.Array(Binding))))),
    Networks: Schema.optionalKey(
      Schema.NullOr(Schema.Record(Schema.String, Schema.Struct({ IPAddress: Schema.optionalKey(Schema.String) })))
    )
  })
})
export type Inspected = typeof Inspected.Type

/** Containers in short. */
export const Listed = Schema.Array(
  Schema.Struct({
    Id: Schema.String,
    ImageID: Schema.String,
    Labels: Schema.NullOr(Labels),
    State: ContainerStatus,
    /** Published ports. */
    Ports: Schema.Array(
      Schema.Struct({
        IP: Schema.optionalKey(Schema.String),
        PrivatePort: Schema.Int,
        PublicPort: Schema.optionalKey(Schema.Int)
      })
    ),
    NetworkSettings: Schema.optionalKey(
      Schema.NullOr(
        Schema.Struct({
          Networks: Schema.NullOr(
            Schema.Record(Schema.String, Schema.Struct({ IPAddress: Schema.optionalKey(Schema.String) }))
          )
        })
      )
    )
  })
)
export type Listed = (typeof Listed.Type)[number]

/** An image that the daemon has. */
export const Image = Schema.Struct({ Id: Schema.String })

/** Networks. Containers on an internal one reach nothing outside. `Created` is a time in ISO 8601. */
export const Networks = Schema.Array(
  Schema.Struct({ Id: Schema.String, Name: Schema.String, Created: Schema.String, Internal: Schema.Boolean })
)
/** One of them. */
export type Network = (typeof Networks.Type)[number]

/** Volumes, by the labels that were asked for. */
export const Volumes = Schema.Struct({
  Volumes: Schema.NullOr(Schema.Array(Schema.Struct({ Name: Schema.String, Labels: Schema.NullOr(Labels) })))
})

/** One thing that happened to a container. */
export const ContainerEvent = Schema.Struct({
  Action: Schema.String,
  Actor: Schema.Struct({ ID: Schema.String, Attributes: Labels })
})
export type ContainerEvent = typeof ContainerEvent.Type

/** One line of a pull's progress. */
export const Progress = Schema.Struct({ error: Schema.optionalKey(Schema.String) })
