"""The Agents SDK's own tests, as they are, that ask its local session for something: its code, then ours."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SUITES = [
    "test_unix_local",
    "test_extract",
    "test_snapshot",
    "test_entries",
    "test_manifest_application",
    "test_workspace_paths",
    "test_posix_tool_paths",
    "test_run_cwd",
    "test_exposed_ports",
    "test_session_manager",
    "test_session_sinks",
    "test_session_utils",
    "test_runtime",
    "capabilities",
]


def tests():
    return [f"tests/sandbox/{name}" + ("" if name == "capabilities" else ".py") for name in SUITES]


def ours(source, report):
    scripts = Path(__file__).parent
    env = {**os.environ, "PADDOCK_PEER_REPORT": report, "PYTHONPATH": str(scripts)}
    pytest(source, env, "-p", "agents_sdk_plugin", *tests())
    with open(report, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def theirs(source, names):
    out = pytest(source, dict(os.environ), "-rA", *names)
    return dict(reversed(line) for line in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", out, re.M))


def pytest(source, env, *options):
    command = [source / ".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def main():
    source = Path(sys.argv[1])
    with tempfile.NamedTemporaryFile() as report:
        cases = [case for case in ours(source, report.name) if case["asked"]]
    names = sorted({case["name"].split("[")[0] for case in cases})
    known = theirs(source, names)
    for case in cases:
        path, _, name = case["name"].partition("::")
        line = {"suite": f"Agents SDK: {Path(path).stem}", "name": name, "why": case["why"]}
        line["theirs"] = "pass" if known.get(case["name"]) == "PASSED" else "fail"
        print(json.dumps({**line, "ours": "pass" if case["passed"] else "fail"}), flush=True)


main()
