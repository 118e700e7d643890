"""Loaded into pytest: their local session, with a box and a workspace of ours behind it."""
import asyncio
import base64
import functools
import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from agents.sandbox import errors
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxSession as Session
from agents.sandbox.types import ExecResult

from box import run

asked = 0
NOT_FOUND, REFUSED = 44, 43


async def call(**request):
    global asked
    asked += 1
    return await asyncio.to_thread(run, request)


def root_of(session):
    root = Path(session.state.manifest.root)
    root.mkdir(parents=True, exist_ok=True)
    return os.path.realpath(root)


async def exec_internal(self, *command, timeout=None):
    root = root_of(self)
    names = {root, str(self.state.manifest.root)}
    parts = [str(part) for part in command]
    for name in sorted(names, key=len, reverse=True):
        parts = [part.replace(name, "/workspace") for part in parts]
    environment = await self.state.manifest.environment.resolve()
    settings = [f"{key}={value}" for key, value in environment.items()]
    done = await call(
        workspace=root, command=["env", *settings, *parts], seconds=max(1, int(timeout or 60))
    )
    if done.get("killed") == "TIMEOUT":
        raise errors.ExecTimeoutError(command=command, timeout_s=timeout)
    return ExecResult(
        stdout=done["stdout"].replace(b"/workspace", root.encode()),
        stderr=done["stderr"].replace(b"/workspace", root.encode()),
        exit_code=done["exit"],
    )


def inside(session, path):
    text = str(path)
    for name in (str(session.state.manifest.root), root_of(session)):
        if text == name or text.startswith(name + "/"):
            return "/workspace" + text[len(name) :]
    return text


def refused(path, done, error):
    if done["exit"] == REFUSED:
        reason = "absolute" if Path(path).is_absolute() else "escape_root"
        return errors.InvalidManifestPathError(rel=path, reason=reason)
    return error(path=Path(path), context={"reason": done["stderr"].decode()})


def with_user(original):
    """What is done as a user of the box is theirs, by commands in it."""

    def decorate(ours):
        @functools.wraps(original)
        async def method(self, *arguments, user=None):
            if user is not None:
                return await original(self, *arguments, user=user)
            return await ours(self, *arguments)

        return method

    return decorate


@with_user(Session.read)
async def read(self, path):
    done = await call(workspace=root_of(self), read=inside(self, path))
    if done["exit"] == NOT_FOUND:
        raise errors.WorkspaceReadNotFoundError(path=Path(path))
    if done["exit"]:
        raise refused(path, done, errors.WorkspaceArchiveReadError)
    return io.BytesIO(done["stdout"])


@with_user(Session.write)
async def write(self, path, data):
    content = data.read()
    content = content.encode() if isinstance(content, str) else bytes(content)
    done = await call(
        workspace=root_of(self), write=inside(self, path), stdin=base64.b64encode(content).decode()
    )
    if done["exit"]:
        raise refused(path, done, errors.WorkspaceArchiveWriteError)


async def persist_workspace(self):
    root = Path(self.state.manifest.root)
    if not root.exists():
        raise errors.WorkspaceArchiveReadError(path=root, context={"reason": "workspace_root_not_found"})
    skip = [str(path) for path in self._persist_workspace_skip_relpaths()]
    done = await call(workspace=root_of(self), pack=skip)
    if done["exit"]:
        raise errors.WorkspaceArchiveReadError(path=root, context={"reason": done["stderr"].decode()})
    return io.BytesIO(done["stdout"])


async def hydrate_workspace(self, data):
    root = root_of(self)
    made = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(os.environ["PADDOCK_PEER_BOXES"])), "tree")
    done = await call(workspace=made, unpack=True, stdin=base64.b64encode(data.read()).decode())
    if done["exit"]:
        raise errors.WorkspaceArchiveWriteError(
            path=Path(root), context={"reason": done["stderr"].decode()}
        )
    shutil.copytree(made, root, symlinks=True, dirs_exist_ok=True)


Session._exec_internal = exec_internal
Session.read = read
Session.write = write
Session.persist_workspace = persist_workspace
Session.hydrate_workspace = hydrate_workspace


def pytest_runtest_setup(item):
    global asked
    asked = 0


def pytest_runtest_logreport(report):
    if report.when == "call":
        with open(os.environ["PADDOCK_PEER_REPORT"], "a", encoding="utf-8") as out:
            line = {"name": report.nodeid, "asked": asked, "why": str(report.longrepr or "")[-3000:]}
            out.write(json.dumps({**line, "passed": report.passed}) + "\n")
