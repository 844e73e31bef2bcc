"""Sends the conformance scenario (../README.md) with OpenTelemetry Python's own exporters.

send.py http|grpc ENDPOINT [gzip]    ENDPOINT: http://127.0.0.1:4318 or http://127.0.0.1:4317
"""
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider, IdGenerator
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
PARENT_ID = 0xB7AD6B7169203331
CHILD_ID = 0x00F067AA0BA902B7
REMOTE_ID = 0x1111111111111111
START = 1_700_000_000_123_456_789
SCHEMA = "https://opentelemetry.io/schemas/1.30.0"
ATTRIBUTES = {
    "text": "안녕 héllo ✓",
    "empty": "",
    "int.large": 9_007_199_254_740_993,
    "int.negative": -42,
    "double": 0.1,
    "flag": True,
    "list.text": ["a", "b"],
    "list.int": [1, 2, 3],
}


class FixedIds(IdGenerator):
    def __init__(self):
        self.spans = iter([PARENT_ID, CHILD_ID])

    def generate_trace_id(self):
        return TRACE_ID

    def generate_span_id(self):
        return next(self.spans)


def exporters(protocol, endpoint, compressed):
    if protocol == "http":
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        compression = Compression.Gzip if compressed else Compression.NoCompression
        return (
            OTLPSpanExporter(endpoint=endpoint + "/v1/traces", compression=compression),
            OTLPLogExporter(endpoint=endpoint + "/v1/logs", compression=compression),
        )
    import grpc
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    compression = grpc.Compression.Gzip if compressed else grpc.Compression.NoCompression
    return (
        OTLPSpanExporter(endpoint=endpoint, insecure=True, compression=compression),
        OTLPLogExporter(endpoint=endpoint, insecure=True, compression=compression),
    )


def main():
    protocol, endpoint, *rest = sys.argv[1:]
    span_exporter, log_exporter = exporters(protocol, endpoint, "gzip" in rest)
    resource = Resource({"service.name": "conformance-python", "service.version": "1.2.3", "host.cpus": 4}, SCHEMA)
    tracers = TracerProvider(resource=resource, id_generator=FixedIds())
    tracers.add_span_processor(SimpleSpanProcessor(span_exporter))
    tracer = tracers.get_tracer("conformance.scope", "0.9.1", SCHEMA, {"scope.note": "kept"})

    state = TraceState([("vendor", "one"), ("other", "two")])
    remote = SpanContext(TRACE_ID, REMOTE_ID, True, TraceFlags(1), state)
    linked = SpanContext(0x0102030405060708090A0B0C0D0E0F10, 0x0102030405060708, True, TraceFlags(1), TraceState([("link", "yes")]))
    parent = tracer.start_span(
        "POST /checkout",
        context=trace.set_span_in_context(NonRecordingSpan(remote)),
        kind=SpanKind.SERVER,
        attributes=ATTRIBUTES,
        links=[Link(linked, {"link.reason": "batch"})],
        start_time=START,
    )
    parent.add_event("cache.miss", {"cache.key": "user:1", "attempt": 2}, timestamp=START + 1_000_001)
    parent.set_status(Status(StatusCode.ERROR, "card declined"))
    child = tracer.start_span("charge", context=trace.set_span_in_context(parent), kind=SpanKind.CLIENT, start_time=START + 2)
    child.end(START + 3)
    parent.end(START + 842_000_000)

    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(SimpleLogRecordProcessor(log_exporter))
    logger = logs.get_logger("conformance.scope", "0.9.1", SCHEMA, {"scope.note": "kept"})
    context = trace.set_span_in_context(NonRecordingSpan(SpanContext(TRACE_ID, PARENT_ID, False, TraceFlags(1))))
    logger.emit(
        LogRecord(
            timestamp=START + 5,
            observed_timestamp=START + 7,
            context=context,
            severity_number=SeverityNumber.WARN2,
            severity_text="WARNING",
            body="card 주문 declined",
            attributes={**ATTRIBUTES, "bytes": b"\x00\xff\x10", "map": {"inner": {"n": 5}, "list": [1, "two", False]}},
            event_name="payment.declined",
        )
    )
    logger.emit(LogRecord(timestamp=START + 6, observed_timestamp=START + 8, body={"order": "A-42", "items": [1, 2.5, None]}))
    tracers.shutdown()
    logs.shutdown()


main()
