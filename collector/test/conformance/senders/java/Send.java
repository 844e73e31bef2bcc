import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sends the conformance scenario (../README.md) with OpenTelemetry Java's own exporters.
 *
 * <p>Send http|grpc ENDPOINT [gzip] — ENDPOINT: http://127.0.0.1:4318 or http://127.0.0.1:4317
 */
public class Send {
  static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  static final String PARENT_ID = "b7ad6b7169203331";
  static final String CHILD_ID = "00f067aa0ba902b7";
  static final long START = 1_700_000_000_123_456_789L;
  static final String SCHEMA = "https://opentelemetry.io/schemas/1.30.0";
  static final Attributes ATTRIBUTES =
      Attributes.builder()
          .put("text", "안녕 héllo ✓")
          .put("empty", "")
          .put("int.large", 9_007_199_254_740_993L)
          .put("int.negative", -42L)
          .put("double", 0.1)
          .put("flag", true)
          .put("list.text", "a", "b")
          .put("list.int", 1L, 2L, 3L)
          .build();

  static class FixedIds implements IdGenerator {
    private final Deque<String> spans = new ArrayDeque<>(List.of(PARENT_ID, CHILD_ID));

    @Override
    public String generateSpanId() {
      return spans.pop();
    }

    @Override
    public String generateTraceId() {
      return TRACE_ID;
    }
  }

  public static void main(String[] args) {
    boolean http = args[0].equals("http");
    String compression = args.length > 2 ? args[2] : "none";
    SpanExporter spanExporter =
        http
            ? OtlpHttpSpanExporter.builder().setEndpoint(args[1] + "/v1/traces").setCompression(compression).build()
            : OtlpGrpcSpanExporter.builder().setEndpoint(args[1]).setCompression(compression).build();
    LogRecordExporter logExporter =
        http
            ? OtlpHttpLogRecordExporter.builder().setEndpoint(args[1] + "/v1/logs").setCompression(compression).build()
            : OtlpGrpcLogRecordExporter.builder().setEndpoint(args[1]).setCompression(compression).build();
    Resource resource =
        Resource.create(
            Attributes.builder().put("service.name", "conformance-java").put("service.version", "1.2.3").put("host.cpus", 4L).build(), SCHEMA);

    SdkTracerProvider tracers =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setIdGenerator(new FixedIds())
            .addSpanProcessor(SimpleSpanProcessor.create(spanExporter))
            .build();
    Tracer tracer = tracers.tracerBuilder("conformance.scope").setInstrumentationVersion("0.9.1").setSchemaUrl(SCHEMA).build();
    TraceState state = TraceState.builder().put("other", "two").put("vendor", "one").build();
    SpanContext remote = SpanContext.createFromRemoteParent(TRACE_ID, "1111111111111111", TraceFlags.getSampled(), state);
    SpanContext linked =
        SpanContext.createFromRemoteParent(
            "0102030405060708090a0b0c0d0e0f10", "0102030405060708", TraceFlags.getSampled(), TraceState.builder().put("link", "yes").build());
    Span parent =
        tracer
            .spanBuilder("POST /checkout")
            .setParent(Context.root().with(Span.wrap(remote)))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(START, TimeUnit.NANOSECONDS)
            .setAllAttributes(ATTRIBUTES)
            .addLink(linked, Attributes.of(AttributeKey.stringKey("link.reason"), "batch"))
            .startSpan();
    parent.addEvent(
        "cache.miss", Attributes.builder().put("cache.key", "user:1").put("attempt", 2L).build(), START + 1_000_001, TimeUnit.NANOSECONDS);
    parent.setStatus(StatusCode.ERROR, "card declined");
    Span child =
        tracer
            .spanBuilder("charge")
            .setParent(Context.root().with(parent))
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(START + 2, TimeUnit.NANOSECONDS)
            .startSpan();
    child.end(START + 3, TimeUnit.NANOSECONDS);
    parent.end(START + 842_000_000, TimeUnit.NANOSECONDS);

    SdkLoggerProvider loggers =
        SdkLoggerProvider.builder().setResource(resource).addLogRecordProcessor(SimpleLogRecordProcessor.create(logExporter)).build();
    Logger logger = loggers.loggerBuilder("conformance.scope").setInstrumentationVersion("0.9.1").setSchemaUrl(SCHEMA).build();
    logger
        .logRecordBuilder()
        .setTimestamp(START + 5, TimeUnit.NANOSECONDS)
        .setObservedTimestamp(START + 7, TimeUnit.NANOSECONDS)
        .setContext(Context.root().with(Span.wrap(SpanContext.create(TRACE_ID, PARENT_ID, TraceFlags.getSampled(), TraceState.getDefault()))))
        .setSeverity(Severity.WARN2)
        .setSeverityText("WARNING")
        .setEventName("payment.declined")
        .setBody("card 주문 declined")
        .setAllAttributes(ATTRIBUTES)
        .emit();
    logger
        .logRecordBuilder()
        .setTimestamp(START + 6, TimeUnit.NANOSECONDS)
        .setObservedTimestamp(START + 8, TimeUnit.NANOSECONDS)
        .setContext(Context.root())
        .setBody(
            Value.of(
                KeyValue.of("order", Value.of("A-42")), KeyValue.of("items", Value.of(Value.of(1L), Value.of(2.5)))))
        .emit();
    tracers.shutdown().join(10, TimeUnit.SECONDS);
    loggers.shutdown().join(10, TimeUnit.SECONDS);
  }
}
