"""sandbox-runtime's own tests, as they are: with its own code, then with a box of ours behind its API."""
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

SUITES = [
    "sandbox/integration",
    "sandbox/mandatory-deny-paths",
    "sandbox/seccomp-filter",
    "sandbox/wrap-with-sandbox",
    "config-validation",
    "configurable-proxy-ports",
]


def run(source, suite, *options):
    with tempfile.TemporaryDirectory() as folder:
        report, asked = Path(folder) / "report.xml", Path(folder) / "asked"
        command = [source / "node_modules/.bin/bun", "test", "--timeout", "20000", "--reporter=junit"]
        command += [f"--reporter-outfile={report}", *options, f"test/{suite}.test.ts"]
        env = {**os.environ, "USER_TYPE": "ant", "PADDOCK_PEER_ASKED": str(asked)}
        done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True)
        if not report.exists():
            sys.exit(done.stderr[-2000:])
        cases = [result(case) for case in xml.parse(report).getroot().iter("testcase")]
        counts = asked.read_text().split() if asked.exists() else []
        return cases, [int(count) for count in counts]


def result(case):
    path = " > ".join(reversed(case.get("classname", "").split(" > ")))
    failed = case.find("failure") is not None or case.find("error") is not None
    return f"{path} > {case.get('name')}", "fail" if failed else "pass"


def main():
    source = Path(sys.argv[1])
    preload = str(Path(__file__).with_name("srt.ts"))
    for suite in SUITES:
        theirs, _ = run(source, suite)
        ours, asked = run(source, suite, "--preload", preload)
        if len(asked) != len(ours) or [name for name, _ in ours] != [name for name, _ in theirs]:
            sys.exit(f"{suite}: the cases of two runs are not the same")
        for (name, their), (_, our), count in zip(theirs, ours, asked):
            line = {"suite": f"sandbox-runtime: {Path(suite).name}", "name": name, "theirs": their}
            # what asks for no box runs the peer's own code, whatever is preloaded
            print(json.dumps({**line, "ours": our if count else "not asked"}), flush=True)


main()
