"""Calls the official Google Gen AI client for Python; prints one line for each method."""

import json
import os
import sys
import time

from google import genai

model = os.environ["PADDOCK_TEST_MODEL"]
client = genai.Client(
    api_key=os.environ["PADDOCK_API_KEY"],
    http_options={"base_url": os.environ["PADDOCK_URL"]},
)
failed = False


def check(method):
    def run(test):
        global failed
        line = {"method": method, "result": "pass"}
        try:
            test()
        except Exception as e:  # one method's failure must not hide the others'
            failed = True
            line = {"method": method, "result": "fail", "why": f"{type(e).__name__}: {e}"}
        print(json.dumps(line), flush=True)

    return run


def bash(command):
    return "call bash " + json.dumps({"command": command})


environments = []


@check("interactions.create")
def _():
    said = client.interactions.create(model=model, input="say hello there")
    assert said.status == "completed", said
    assert said.output_text == "hello there", said
    worked = client.interactions.create(
        agent="antigravity-preview-05-2026",
        agent_config={"type": "antigravity", "model": model},
        input=bash("echo monday > notes.txt"),
        environment="remote",
    )
    environments.append(worked.environment_id)
    again = client.interactions.create(
        model=model,
        tools=[{"type": "code_execution"}],
        input=bash("cat notes.txt"),
        environment=worked.environment_id,
    )
    assert [s.type for s in again.steps] == [
        "code_execution_call",
        "code_execution_result",
        "model_output",
    ], again
    assert again.steps[1].result.strip() == "monday", again


@check("interactions.create (stream)")
def _():
    words = ""
    for event in client.interactions.create(model=model, input="say one two", stream=True):
        if event.event_type == "step.delta":
            words += event.delta.text
    assert words == "one two", words


@check("interactions.create (functions)")
def _():
    tool = {
        "type": "function",
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
    asked = client.interactions.create(
        model=model, tools=[tool], input='call get_weather {"city": "Paris"}'
    )
    assert asked.status == "requires_action", asked
    call = asked.steps[-1]
    answered = client.interactions.create(
        model=model,
        tools=[tool],
        previous_interaction_id=asked.id,
        input=[
            {
                "type": "function_result",
                "call_id": call.id,
                "name": call.name,
                "result": [{"type": "text", "text": "sunny"}],
            }
        ],
    )
    assert answered.output_text == "done: sunny", answered


@check("interactions.get, cancel, delete")
def _():
    begun = client.interactions.create(model=model, input="go on", background=True)
    assert begun.status == "in_progress", begun
    for event in client.interactions.get(begun.id, stream=True):
        if event.event_type == "step.delta":
            break
    assert client.interactions.cancel(begun.id).status == "cancelled"
    rest = list(
        client.interactions.get(begun.id, stream=True, last_event_id=event.event_id)
    )
    assert rest[-1].interaction.status == "cancelled", rest
    client.interactions.delete(begun.id)
    try:
        client.interactions.get(begun.id)
        raise AssertionError("it is still there")
    except Exception as e:
        assert getattr(e, "status_code", None) == 404, e


@check("environments.create, get, list, delete")
def _():
    made = client.environments.create(
        sources=[{"type": "inline", "target": "a.txt", "content": "abc"}]
    )
    assert int(client.environments.get(made.id).size_bytes) == 3
    assert made.id in [e.id for e in client.environments.list().environments]
    client.environments.delete(made.id)


@check("environments.files.upload, list, download")
def _():
    environment = environments[0]
    client.environments.files.upload(environment=environment, path="up.txt", file=b"up")
    listed = client.environments.files.list(environment=environment, path="up.txt")
    assert listed.files[0].path == "up.txt", listed
    data = client.environments.files.download(environment=environment, path="up.txt")
    assert data == b"up", data


@check("agents.create, get, list, delete")
def _():
    name = "python-agent-%d" % time.time()
    client.agents.create(id=name, system_instruction="Be brief.")
    assert client.agents.get(name).system_instruction == "Be brief."
    assert name in [a.id for a in client.agents.list().agents]
    client.agents.delete(name)


sys.exit(1 if failed else 0)
