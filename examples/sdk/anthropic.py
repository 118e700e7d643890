"""The quick start of Claude Managed Agents. Only the base URL is Paddock's.

pip install anthropic && python3 anthropic.py
"""

import os
import sys

# This file has the package's name, which would hide it.
sys.path.pop(0)
from anthropic import Anthropic  # noqa: E402

client = Anthropic(
    base_url=os.environ.get("PADDOCK_URL", "http://127.0.0.1:4096"),
    api_key=os.environ["PADDOCK_API_KEY"],
)

agent = client.beta.agents.create(
    name="Coding Assistant",
    model=os.environ.get("MODEL", "claude-opus-5-5"),
    system="You are a helpful coding assistant. Write clean, well-documented code.",
    tools=[{"type": "agent_toolset_20260401"}],
)

environment = client.beta.environments.create(
    name="quickstart-env",
    config={"type": "cloud", "networking": {"type": "unrestricted"}},
)

session = client.beta.sessions.create(
    agent=agent.id, environment_id=environment.id, title="Quickstart session"
)

task = (
    sys.argv[1]
    if len(sys.argv) > 1
    else "Create a script that prints the first 20 Fibonacci numbers and saves them to fibonacci.txt"
)

with client.beta.sessions.events.stream(session.id) as stream:
    client.beta.sessions.events.send(
        session.id,
        events=[{"type": "user.message", "content": [{"type": "text", "text": task}]}],
    )
    for event in stream:
        if event.type == "agent.message":
            print("".join(block.text for block in event.content), end="")
        elif event.type == "agent.tool_use":
            print(f"\n[{event.name}]")
        elif event.type == "session.error":
            print(f"\n{event.error.message}", file=sys.stderr)
        elif event.type == "session.status_idle":
            print(f"\nidle: {event.stop_reason.type}")
            break
