"""One command in a box: box.py JSON; outputs and exit code are the command's. See PeerBoxes.java."""
import base64
import json
import os
import socket
import sys


def run(request):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["PADDOCK_PEER_BOXES"])
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    if not answer:
        raise RuntimeError("the box gave no answer")
    result = json.loads(answer)
    for stream in ("stdout", "stderr"):
        result[stream] = base64.b64decode(result.get(stream, ""))
    return result


def main():
    request = json.loads(base64.b64decode(sys.argv[1]))
    workspace = os.path.realpath(request["workspace"])
    os.makedirs(workspace, exist_ok=True)
    done = run({**request, "workspace": workspace})
    for stream, to in (("stdout", sys.stdout), ("stderr", sys.stderr)):
        # the suites look for host paths, which a box does not have
        to.buffer.write(done[stream].replace(b"/workspace", workspace.encode()))
        to.flush()
    sys.exit(done["exit"])


if __name__ == "__main__":
    main()
