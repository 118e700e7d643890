"""The unmodified anthropic package for Python: the quick start, and what it is made of."""

import io
import json
import os
import sys
import traceback

import anthropic

client = anthropic.Anthropic(
    base_url=os.environ["PADDOCK_URL"], api_key=os.environ["PADDOCK_API_KEY"], max_retries=0
)
MODEL = os.environ["PADDOCK_TEST_MODEL"]
failed = 0


def check(method, checks):
    """Runs one method's checks and prints its line."""
    global failed
    try:
        value = checks()
        print(json.dumps({"method": "beta." + method, "result": "pass"}))
        return value
    except Exception as failure:
        failed += 1
        print(json.dumps({"method": "beta." + method, "result": "fail", "why": str(failure)}))
        traceback.print_exc()
        return None


def text(message):
    return {"type": "user.message", "content": [{"type": "text", "text": message}]}


def create_agent():
    agent = client.beta.agents.create(
        name="smoke", model=MODEL, tools=[{"type": "agent_toolset_20260401"}]
    )
    assert agent.version == 1, agent
    assert client.beta.agents.retrieve(agent.id).id == agent.id
    assert agent.id in [one.id for one in client.beta.agents.list(limit=1)]
    return agent


def create_environment():
    environment = client.beta.environments.create(
        name="smoke", config={"type": "cloud", "networking": {"type": "unrestricted"}}
    )
    assert environment.config.networking.type == "unrestricted", environment
    return environment


def upload():
    file = client.beta.files.upload(file=("data.csv", io.BytesIO(b"a,b\n"), "text/csv"))
    assert client.beta.files.download(file.id).read() == b"a,b\n"
    return file


def create_session(agent, environment, file):
    session = client.beta.sessions.create(
        agent=agent.id,
        environment_id=environment.id,
        title="smoke",
        resources=[{"type": "file", "file_id": file.id, "mount_path": "/mnt/data.csv"}],
    )
    assert session.status == "idle", session
    assert session.resources[0].mount_path == "/mnt/data.csv"
    return session


def converse(session):
    said = []
    with client.beta.sessions.events.stream(session.id) as stream:
        client.beta.sessions.events.send(
            session.id, events=[text('call bash {"command": "wc -c < /mnt/data.csv"}')]
        )
        for event in stream:
            if event.type == "agent.message":
                said += [block.text for block in event.content]
            if event.type == "session.status_idle":
                assert event.stop_reason.type == "end_turn", event
                break
    assert "done: " in said[-1] and "4" in said[-1], said


def history(session):
    types = [event.type for event in client.beta.sessions.events.list(session.id, limit=3)]
    assert types[0] == "user.message" and types[-1] == "session.status_idle", types
    only = client.beta.sessions.events.list(session.id, types=["agent.tool_use"])
    assert [event.name for event in only] == ["bash"]


def refusal():
    try:
        client.beta.sessions.retrieve("sesn_unknown")
    except anthropic.NotFoundError as failure:
        assert failure.status_code == 404
        return
    raise AssertionError("an unknown session was found")


def remember():
    store = client.beta.memory_stores.create(name="smoke")
    memory = client.beta.memory_stores.memories.create(store.id, path="/a.md", content="tea")
    found = client.beta.memory_stores.memories.retrieve(memory.id, memory_store_id=store.id)
    assert found.content == "tea", found
    client.beta.memory_stores.delete(store.id)


def skill():
    markdown = b"---\nname: smoke\ndescription: d\n---\nbody\n"
    made = client.beta.skills.create(files=[("smoke/SKILL.md", markdown, "text/markdown")])
    assert [one.id for one in client.beta.skills.versions.list(made.id)] == [made.latest_version_id]
    client.beta.skills.delete(made.id)


def end(session):
    assert client.beta.sessions.delete(session.id).type == "session_deleted"


agent = check("agents.create", create_agent)
environment = check("environments.create", create_environment)
file = check("files.upload", upload)
session = check("sessions.create", lambda: create_session(agent, environment, file))
check("sessions.events.stream", lambda: converse(session))
check("sessions.events.list", lambda: history(session))
check("sessions.retrieve", refusal)
check("memory_stores.memories.create", remember)
check("skills.create", skill)
check("sessions.delete", lambda: end(session))
sys.exit(1 if failed else 0)
