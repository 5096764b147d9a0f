"""A gRPC client in Python, driven by lines of JSON: each names a call, and is answered by what became of it.

It knows the services from a file of descriptors alone. Arguments: the address, the descriptors, and a certificate to
trust, if the connection is encrypted.
"""

import base64
import json
import sys
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

address, descriptors = sys.argv[1:3]
pool = descriptor_pool.DescriptorPool()
with open(descriptors, "rb") as file:
    for each in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(each)
factory = message_factory.MessageFactory(pool)

options = [
    ("grpc.keepalive_time_ms", 200),
    ("grpc.keepalive_timeout_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_time_between_pings_ms", 100),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
]
if len(sys.argv) > 3:
    with open(sys.argv[3], "rb") as file:
        channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()), options)
else:
    channel = grpc.insecure_channel(address, options)

output = threading.Lock()
running = {}
started = threading.Condition()


def say(**what):
    with output:
        print(json.dumps(what), flush=True)


def as_json(message):
    return json_format.MessageToDict(message, including_default_value_fields=True)


def details_of(error):
    found = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    return base64.b64encode(found).decode()


def stub_of(method):
    service, _, name = method.rpartition("/")
    found = pool.FindServiceByName(service).FindMethodByName(name)
    answer = factory.GetPrototype(found.output_type)
    streams = found.containing_service.full_name == "galaxy.gateway.v1.EdgeGateway" and name == "SubscribeEvents"
    make = channel.unary_stream if streams or name == "Watch" else channel.unary_unary
    stub = make(f"/{method}", lambda it: it.SerializeToString(), answer.FromString)
    return stub, factory.GetPrototype(found.input_type), make == channel.unary_stream


def started_as(id, call):
    with started:
        running[id] = call
        started.notify_all()
    return call


def cancel(id):
    with started:
        started.wait_for(lambda: id in running)
    running[id].cancel()


def call(id, method, message, timeout=None, compress=False, path=None):
    stub, request, streams = stub_of(method)
    if path is not None:
        stub = channel.unary_unary(path, lambda it: it.SerializeToString(), lambda it: it)
    compression = grpc.Compression.Gzip if compress else grpc.Compression.NoCompression
    sent = json_format.ParseDict(message, request())
    try:
        if streams:
            for event in started_as(id, stub(sent, timeout=timeout, compression=compression)):
                say(id=id, event=as_json(event))
            say(id=id, code="OK")
        else:
            answer = started_as(id, stub.future(sent, timeout=timeout, compression=compression)).result()
            say(id=id, code="OK", answer=as_json(answer))
    except grpc.FutureCancelledError:
        say(id=id, code="CANCELLED", message="", details="")
    except grpc.RpcError as error:
        say(id=id, code=error.code().name, message=error.details(), details=details_of(error))


for line in sys.stdin:
    asked = json.loads(line)
    if "cancel" in asked:
        threading.Thread(target=cancel, args=[asked["cancel"]], daemon=True).start()
    else:
        threading.Thread(target=call, kwargs=asked, daemon=True).start()
