"""The cases of Codex' linux-sandbox (suite/landlock.rs) by their commands, in a box of ours."""
import json
import os
import tempfile
from pathlib import Path

from box import run

SUITE = "Codex: linux-sandbox"
SH = ["bash", "-lc"]
FOLDER = os.path.dirname(os.environ["PADDOCK_PEER_BOXES"])


def box(command, workspace=None, seconds=30, **more):
    workspace = workspace or tempfile.mkdtemp(prefix="paddock-peer-", dir=FOLDER)
    return run({"workspace": str(workspace), "command": command, "seconds": seconds, **more})


def folder(*names):
    top = Path(tempfile.mkdtemp(prefix="paddock-peer-", dir=FOLDER))
    for name in names:
        (top / name).mkdir(parents=True)
    return top


def refused(command, **how):
    return box(command, **how)["exit"] != 0


def root_read():
    return box(["ls", "-l", "/bin"])["exit"] == 0


def root_write():
    with tempfile.NamedTemporaryFile() as file:
        box([*SH, f"echo blah > {file.name}"])
        return Path(file.name).read_bytes() == b""


def dev_null_write():
    return box([*SH, "echo blah > /dev/null"])["exit"] == 0


def writable_root():
    top = folder()
    return box([*SH, "echo blah > /workspace/test"], top)["exit"] == 0 and (top / "test").exists()


def no_new_privs():
    return b"NoNewPrivs:\t1" in box([*SH, "grep '^NoNewPrivs:' /proc/self/status"])["stdout"]


def timeout():
    done = box(["sleep", "20"], seconds=1)
    return done["exit"] != 0 and b"time limit" in done["stderr"]


def ssh():
    return refused(["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=1", "github.com"])


def git_and_codex_writes():
    top = folder(".git", ".codex")
    return all(
        refused([*SH, f"echo denied > {name}"], workspace=top, carry=True) and not (top / name).exists()
        for name in (".git/config", ".codex/config.toml")
    )


def codex_link():
    top = folder("decoy")
    (top / ".codex").symlink_to(top / "decoy")
    box([*SH, "echo denied > .codex/config.toml"], top, carry=True)
    return (top / ".codex").is_symlink() and not os.listdir(top / "decoy")


def child_metadata():
    top = folder()
    git = refused(["git", "init", "-q"], workspace=top, carry=True) and not (top / ".git/config").exists()
    return git and refused([*SH, "mkdir .codex; touch .codex/x"], workspace=top, carry=True)


def carveout(write):
    top = folder("blocked")
    (top / "blocked/secret").write_text("canary")
    command = "echo denied > blocked/secret" if write else "cat blocked/secret"
    return box([*SH, command], top)["exit"] != 0


def outside_read():
    top = folder()
    (top / "secret").write_text("canary")
    return b"canary" not in box(["cat", str(top / "secret")])["stdout"]



CASES = {
    "test_root_read": root_read,
    "test_root_write": root_write,
    "test_dev_null_write": dev_null_write,
    "test_writable_root": writable_root,
    "test_no_new_privs_is_enabled": no_new_privs,
    "test_timeout": timeout,
    "sandbox_blocks_curl": lambda: refused(["curl", "-I", "http://example.com"]),
    "sandbox_blocks_wget": lambda: refused(["wget", "-qO-", "http://example.com"]),
    "sandbox_blocks_ping": lambda: refused(["ping", "-c", "1", "127.0.0.1"]),
    "sandbox_blocks_nc": lambda: refused(["nc", "-z", "127.0.0.1", "80"]),
    "sandbox_blocks_ssh": ssh,
    "sandbox_blocks_getent": lambda: refused(["getent", "ahosts", "example.com"]),
    "sandbox_blocks_dev_tcp_redirection": lambda: refused(
        ["bash", "-c", "echo hi > /dev/tcp/127.0.0.1/80"]
    ),
    "sandbox_blocks_git_and_codex_writes_inside_writable_root": git_and_codex_writes,
    "sandbox_blocks_codex_symlink_replacement_attack": codex_link,
    "sandbox_keeps_parent_repo_discovery_while_blocking_child_metadata": child_metadata,
    "sandbox_blocks_explicit_split_policy_carveouts_under_bwrap": lambda: carveout(True),
    "sandbox_blocks_root_read_carveouts_under_bwrap": outside_read,
}

for name, case in CASES.items():
    print(
        json.dumps(
            {"suite": SUITE, "name": name, "theirs": "not run", "ours": "pass" if case() else "fail"}
        ),
        flush=True,
    )
