"""TraceLLM's own backend, its database in memory. Says its port, then saves a trace for every line of the standard input,
which is the trace's id; ends with the input."""

import asyncio
import os
import socket
import sys
import threading

import app.database.mongodb
from mongomock_motor import AsyncMongoMockClient

app.database.mongodb.AsyncIOMotorClient = AsyncMongoMockClient
os.environ.update(MONGO_URL="mongodb://in-memory", DB_NAME="tracellm")

import uvicorn
from app.database.trace_service import save_trace
from app.main import app as backend


def made_up_trace(trace_id):
    steps = [
        {"step_id": f"{trace_id}-1", "tool_name": "vector_retrieval", "input": {"query": "Oslo"}, "output": {"hits": 3},
         "duration": 210.0, "success": True},
        {"step_id": f"{trace_id}-2", "tool_name": "response_generation", "input": {"model": "gpt-4.1-mini"},
         "output": {"error": "rate limit"}, "duration": 90.0, "success": False},
    ]
    return {
        "trace_id": trace_id, "prompt": "What is the weather in Oslo?", "response": "3 degrees.", "latency": 320.0,
        "token_count": 17, "model_name": "gpt-4.1-mini", "project_id": "weather", "environment": "staging",
        "status": "warning", "steps": steps,
    }


async def serve():
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(backend, log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    loop = asyncio.get_running_loop()

    # The standard input is read beside the server, whose loop the database belongs to.
    def read():
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(save_trace(made_up_trace(line.strip())), loop).result()
            tell(f"saved {line.strip()}")
        loop.call_soon_threadsafe(setattr, server, "should_exit", True)

    tell(f"port {listener.getsockname()[1]}")
    threading.Thread(target=read, daemon=True).start()
    await serving


def tell(line):
    print(line, flush=True)


asyncio.run(serve())
