"""OpenAI's quick start. Only the base URL is Paddock's.

pip install openai && python3 openai.py
"""

import os
import sys

# The script has its package's name, so its own folder must not be searched first.
sys.path.pop(0)
from openai import OpenAI  # noqa: E402

client = OpenAI(
    base_url=os.environ.get("PADDOCK_URL", "http://127.0.0.1:4096") + "/v1",
    api_key=os.environ["PADDOCK_API_KEY"],
)
model = os.environ.get("MODEL", "gpt-5.4")
question = sys.argv[1] if len(sys.argv) > 1 else None

response = client.responses.create(
    model=model, input=question or "Write a one-sentence bedtime story about a unicorn."
)
print(response.output_text)

stream = client.chat.completions.create(
    model=model,
    messages=[{"role": "user", "content": question or "Say it in French."}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
print()
