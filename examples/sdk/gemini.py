"""The Interactions API's quick start, on Paddock: only the base URL and the key are Paddock's."""

import os
import sys

from google import genai

client = genai.Client(
    api_key=os.environ["PADDOCK_API_KEY"],
    http_options={"base_url": os.environ.get("PADDOCK_URL", "http://127.0.0.1:4096")},
)
task = (
    sys.argv[1]
    if len(sys.argv) > 1
    else "Write the first ten square numbers to squares.txt, one a line."
)

first = client.interactions.create(
    agent="antigravity-preview-05-2026", input=task, environment="remote"
)
print(first.status, first.output_text)

for event in client.interactions.create(
    agent="antigravity-preview-05-2026",
    previous_interaction_id=first.id,
    input="How many lines does squares.txt have?",
    stream=True,
):
    if event.event_type == "step.delta" and event.delta.type == "text":
        print(event.delta.text, end="", flush=True)
print()
