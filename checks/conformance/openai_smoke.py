"""The unmodified openai package for Python: one call of each kind."""

import io
import json
import os
import sys
import traceback

import openai

client = openai.OpenAI(
    base_url=os.environ["PADDOCK_URL"] + "/v1",
    api_key=os.environ["PADDOCK_API_KEY"],
    max_retries=0,
)
MODEL = os.environ["PADDOCK_TEST_MODEL"]
QUESTION = [{"role": "user", "content": "say hello there"}]
failed = 0


def check(method, checks):
    """Runs one method's checks and prints its line."""
    global failed
    try:
        checks()
        print(json.dumps({"method": method, "result": "pass"}))
    except Exception as failure:
        failed += 1
        print(json.dumps({"method": method, "result": "fail", "why": str(failure)}))
        traceback.print_exc()


def models():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).owned_by == MODEL.split("/")[0]


def completions():
    answer = client.chat.completions.create(model=MODEL, messages=QUESTION)
    assert answer.choices[0].message.content == "hello there", answer
    stream = client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == "hello there", text
    try:
        client.chat.completions.create(model="gone", messages=QUESTION)
        raise AssertionError("an unknown model answered")
    except openai.NotFoundError as refused:
        assert refused.code == "model_not_found", refused


def responses():
    first = client.responses.create(model=MODEL, input="say hello there")
    assert first.output_text == "hello there", first
    again = client.responses.create(
        model=MODEL, input="say more", previous_response_id=first.id
    )
    assert again.output_text == "more", again
    with client.responses.stream(model=MODEL, input="say hello there") as stream:
        types = [event.type for event in stream]
    assert types[0] == "response.created" and types[-1] == "response.completed", types
    assert client.responses.retrieve(first.id).output_text == "hello there"
    client.responses.delete(first.id)


def embeddings():
    answer = client.embeddings.create(model=MODEL, input=["a", "bc"])
    assert len(answer.data) == 2 and len(answer.data[0].embedding) > 0, answer


def files():
    file = client.files.create(file=("data.csv", io.BytesIO(b"a,b\n")), purpose="user_data")
    assert client.files.content(file.id).read() == b"a,b\n"
    assert file.id in [one.id for one in client.files.list(limit=1)]
    assert client.files.delete(file.id).deleted


check("models", models)
check("chat.completions", completions)
check("responses", responses)
check("embeddings", embeddings)
check("files", files)
sys.exit(1 if failed else 0)
