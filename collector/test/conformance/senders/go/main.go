// Sends the conformance scenario (../README.md) with OpenTelemetry Go's own exporters.
//
//	main http|grpc ENDPOINT [gzip]    ENDPOINT: http://127.0.0.1:4318 or http://127.0.0.1:4317
package main

import (
	"context"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const schema = "https://opentelemetry.io/schemas/1.30.0"

var (
	traceID  = trace.TraceID{0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}
	parentID = trace.SpanID{0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31}
	childID  = trace.SpanID{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7}
	remoteID = trace.SpanID{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}
	linkID   = trace.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	start    = time.Unix(0, 1_700_000_000_123_456_789)
)

type fixedIDs struct{ spans []trace.SpanID }

func (f *fixedIDs) NewIDs(context.Context) (trace.TraceID, trace.SpanID)  { return traceID, f.next() }
func (f *fixedIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return f.next() }
func (f *fixedIDs) next() trace.SpanID {
	id := f.spans[0]
	f.spans = f.spans[1:]
	return id
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func exporters(ctx context.Context, protocol, endpoint string, compressed bool) (sdktrace.SpanExporter, sdklog.Exporter) {
	if protocol == "http" {
		spanOptions := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(endpoint + "/v1/traces")}
		logOptions := []otlploghttp.Option{otlploghttp.WithEndpointURL(endpoint + "/v1/logs")}
		if compressed {
			spanOptions = append(spanOptions, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
			logOptions = append(logOptions, otlploghttp.WithCompression(otlploghttp.GzipCompression))
		}
		spans, err := otlptracehttp.New(ctx, spanOptions...)
		check(err)
		logs, err := otlploghttp.New(ctx, logOptions...)
		check(err)
		return spans, logs
	}
	spanOptions := []otlptracegrpc.Option{otlptracegrpc.WithEndpointURL(endpoint)}
	logOptions := []otlploggrpc.Option{otlploggrpc.WithEndpointURL(endpoint)}
	if compressed {
		spanOptions = append(spanOptions, otlptracegrpc.WithCompressor("gzip"))
		logOptions = append(logOptions, otlploggrpc.WithCompressor("gzip"))
	}
	spans, err := otlptracegrpc.New(ctx, spanOptions...)
	check(err)
	logs, err := otlploggrpc.New(ctx, logOptions...)
	check(err)
	return spans, logs
}

func main() {
	ctx := context.Background()
	spanExporter, logExporter := exporters(ctx, os.Args[1], os.Args[2], len(os.Args) > 3 && os.Args[3] == "gzip")
	res := resource.NewWithAttributes(schema,
		attribute.String("service.name", "conformance-go"), attribute.String("service.version", "1.2.3"), attribute.Int("host.cpus", 4))

	tracers := sdktrace.NewTracerProvider(sdktrace.WithResource(res), sdktrace.WithIDGenerator(&fixedIDs{[]trace.SpanID{parentID, childID}}),
		sdktrace.WithSyncer(spanExporter))
	tracer := tracers.Tracer("conformance.scope", trace.WithInstrumentationVersion("0.9.1"), trace.WithSchemaURL(schema),
		trace.WithInstrumentationAttributes(attribute.String("scope.note", "kept")))
	state, err := trace.ParseTraceState("vendor=one,other=two")
	check(err)
	linkState, err := trace.ParseTraceState("link=yes")
	check(err)
	remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: remoteID, TraceFlags: trace.FlagsSampled, TraceState: state, Remote: true})
	linked := trace.NewSpanContext(trace.SpanContextConfig{TraceID: linkID, SpanID: trace.SpanID{1, 2, 3, 4, 5, 6, 7, 8}, TraceFlags: trace.FlagsSampled, TraceState: linkState, Remote: true})
	parentContext, parent := tracer.Start(trace.ContextWithRemoteSpanContext(ctx, remote), "POST /checkout",
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(start),
		trace.WithLinks(trace.Link{SpanContext: linked, Attributes: []attribute.KeyValue{attribute.String("link.reason", "batch")}}),
		trace.WithAttributes(attribute.String("text", "안녕 héllo ✓"), attribute.String("empty", ""), attribute.Int64("int.large", 9_007_199_254_740_993),
			attribute.Int64("int.negative", -42), attribute.Float64("double", 0.1), attribute.Bool("flag", true),
			attribute.StringSlice("list.text", []string{"a", "b"}), attribute.Int64Slice("list.int", []int64{1, 2, 3})))
	parent.AddEvent("cache.miss", trace.WithTimestamp(start.Add(1_000_001)), trace.WithAttributes(attribute.String("cache.key", "user:1"), attribute.Int("attempt", 2)))
	parent.SetStatus(codes.Error, "card declined")
	_, child := tracer.Start(parentContext, "charge", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(start.Add(2)))
	child.End(trace.WithTimestamp(start.Add(3)))
	parent.End(trace.WithTimestamp(start.Add(842_000_000)))

	logs := sdklog.NewLoggerProvider(sdklog.WithResource(res), sdklog.WithProcessor(sdklog.NewSimpleProcessor(logExporter)))
	logger := logs.Logger("conformance.scope", log.WithInstrumentationVersion("0.9.1"), log.WithSchemaURL(schema),
		log.WithInstrumentationAttributes(attribute.String("scope.note", "kept")))
	var record log.Record
	record.SetTimestamp(start.Add(5))
	record.SetObservedTimestamp(start.Add(7))
	record.SetSeverity(log.SeverityWarn2)
	record.SetSeverityText("WARNING")
	record.SetEventName("payment.declined")
	record.SetBody(attribute.StringValue("card 주문 declined"))
	record.AddAttributes(attribute.String("text", "안녕 héllo ✓"), attribute.String("empty", ""), attribute.Int64("int.large", 9_007_199_254_740_993),
		attribute.Int64("int.negative", -42), attribute.Float64("double", 0.1), attribute.Bool("flag", true),
		attribute.Slice("list.text", attribute.StringValue("a"), attribute.StringValue("b")), attribute.Slice("list.int", attribute.IntValue(1), attribute.IntValue(2), attribute.IntValue(3)),
		attribute.ByteSlice("bytes", []byte{0, 255, 16}),
		attribute.Map("map", attribute.Map("inner", attribute.Int("n", 5)), attribute.Slice("list", attribute.IntValue(1), attribute.StringValue("two"), attribute.BoolValue(false))))
	logger.Emit(parentContext, record)
	var second log.Record
	second.SetTimestamp(start.Add(6))
	second.SetObservedTimestamp(start.Add(8))
	second.SetBody(attribute.MapValue(attribute.String("order", "A-42"), attribute.Slice("items", attribute.IntValue(1), attribute.Float64Value(2.5), attribute.Value{})))
	logger.Emit(ctx, second)
	check(tracers.Shutdown(ctx))
	check(logs.Shutdown(ctx))
}
