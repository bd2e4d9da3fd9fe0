"""The official OpenTelemetry SDK with one of its OTLP exporters. Usage: otlp_sdk.py http|grpc ENDPOINT"""

import sys

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

protocol, endpoint = sys.argv[1:]
if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=True)
else:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", compression=Compression.Gzip)

# The SDK only logs an export that failed.
results = []
export = exporter.export
exporter.export = lambda spans: results.append(export(spans)) or results[-1]

provider = TracerProvider(resource=Resource({"service.name": "weather agent"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("real-clients")

with tracer.start_as_current_span("answer", attributes={"gen_ai.operation.name": "invoke_agent"}) as answer:
    print(trace.format_trace_id(answer.get_span_context().trace_id))
    chat = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4.1-mini"}
    with tracer.start_as_current_span("chat", attributes=chat) as span:
        span.set_attributes({"gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 34})
    try:
        with tracer.start_as_current_span("get_weather", attributes={"gen_ai.operation.name": "execute_tool"}):
            raise TimeoutError("no answer from the weather service")
    except TimeoutError:
        pass

provider.shutdown()
sys.exit(0 if results == [SpanExportResult.SUCCESS] else f"the spans were not taken: {results}")
