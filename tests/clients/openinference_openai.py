"""OpenAI's client, instrumented by OpenInference, on a made-up model. Usage: openinference_openai.py OTLP_HTTP_ENDPOINT"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor


class MadeUpModel(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": "3 degrees, and rain."}
        answer = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600, "model": "gpt-4.1-mini-2025-04-14",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 21, "completion_tokens": 7, "total_tokens": 28},
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


model = HTTPServer(("127.0.0.1", 0), MadeUpModel)
threading.Thread(target=model.serve_forever, daemon=True).start()

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{sys.argv[1]}/v1/traces")))
OpenAIInstrumentor().instrument(tracer_provider=provider)

with provider.get_tracer("real-clients").start_as_current_span("ask") as ask:
    print(trace.format_trace_id(ask.get_span_context().trace_id))
    client = OpenAI(base_url=f"http://127.0.0.1:{model.server_port}/v1", api_key="made-up")
    client.chat.completions.create(
        model="gpt-4.1-mini",
        temperature=0.4,
        messages=[
            {"role": "system", "content": "You know the weather."},
            {"role": "user", "content": "What is the weather in Oslo?"},
        ],
    )

provider.shutdown()
