"""The sandbox manifests of the OpenAI Agents SDK: dumped by it, and compared with what came back.

dump: prints a line of JSON for each. compare: reads such lines, and exits 1 when one differs.
"""
import json
import sys
import warnings

from agents.sandbox.entries import (
    AzureBlobMount,
    BoxMount,
    Dir,
    DockerVolumeMountStrategy,
    File,
    FuseMountPattern,
    GCSMount,
    GitRepo,
    InContainerMountStrategy,
    LocalDir,
    LocalFile,
    MountpointMountPattern,
    R2Mount,
    RcloneMountPattern,
    S3FilesMount,
    S3FilesMountPattern,
    S3Mount,
)
from agents.sandbox.manifest import EnvEntry, Environment, Manifest, StrEnvValue
from agents.sandbox.types import Group, Permissions, User
from agents.sandbox.workspace_paths import SandboxPathGrant

warnings.simplefilter("ignore")
RCLONE = InContainerMountStrategy(pattern=RcloneMountPattern(extra_args=["--fast-list"]))
ANN = User(name="ann")
STAFF = Group(name="staff", users=[ANN])


def manifests():
    yield "empty", Manifest()
    yield "files", Manifest(
        entries={
            "a.txt": File(content=b"hi \xc3\xa9\n", description="a file", ephemeral=True),
            "run.sh": File(content=b"", permissions=Permissions(owner=7, group=5), group=STAFF),
            "d/e": Dir(
                children={
                    "f": File(content=b"x", group=ANN),
                    "deep": Dir(children={"g": LocalDir(src="g"), "h": LocalDir()}),
                },
                permissions=Permissions(owner=7),
            ),
            "l": LocalFile(src="some/file.txt"),
        }
    )
    yield "repositories", Manifest(
        entries={
            "r": GitRepo(repo="o/n", ref="main"),
            "s": GitRepo(host="git.example.org", repo="a/b/c", ref="v1.2", subpath="src/x"),
        }
    )
    yield "mounts", Manifest(
        entries={
            "s3": S3Mount(
                bucket="b", access_key_id="k", secret_access_key="s", session_token="t",
                prefix="p/q", region="eu-west-1", endpoint_url="https://s.example.org",
                s3_provider="Other", mount_path="in/s3", read_only=False, mount_strategy=RCLONE,
            ),
            "s3m": S3Mount(
                bucket="b", mount_strategy=InContainerMountStrategy(pattern=MountpointMountPattern())
            ),
            "s3d": S3Mount(
                bucket="b",
                mount_strategy=DockerVolumeMountStrategy(driver="rclone", driver_options={"a": "b"}),
            ),
            "gcs": GCSMount(bucket="b", access_id="a", prefix="p", mount_strategy=RCLONE),
            "r2": R2Mount(bucket="b", account_id="a", mount_strategy=RCLONE),
            "az": AzureBlobMount(
                account="a", container="c",
                mount_strategy=InContainerMountStrategy(pattern=FuseMountPattern()),
            ),
            "box": BoxMount(path="/p", box_sub_type="enterprise", mount_strategy=RCLONE),
            "s3f": S3FilesMount(
                file_system_id="fs-1", extra_options={"tls": None, "x": "y"},
                mount_strategy=InContainerMountStrategy(pattern=S3FilesMountPattern()),
            ),
        }
    )
    yield "the rest", Manifest(
        environment=Environment(
            value={
                "A": "1",
                "B": StrEnvValue(value="2"),
                "C": EnvEntry(value=StrEnvValue(value="3"), description="c", ephemeral=True),
            }
        ),
        users=[ANN, User(name="bob")],
        groups=[STAFF, Group(name="none", users=[])],
        extra_path_grants=(
            SandboxPathGrant(path="/mnt/a", read_only=True, description="d"),
            SandboxPathGrant(path="/mnt/b", host_path="/srv/b"),
        ),
        remote_mount_command_allowlist=["ls", "cat"],
    )


def compare():
    known = dict(manifests())
    wrong = 0
    for line in sys.stdin:
        sent = json.loads(line)
        original = known.pop(sent["name"])
        ours = Manifest.model_validate_json(json.dumps(sent["manifest"]))
        # users and groups are equal by name alone, so their dumps are compared too
        if ours != original or ours.model_dump(mode="json") != original.model_dump(mode="json"):
            wrong += 1
            print(sent["name"], "differs:", ours.model_dump_json(), original.model_dump_json())
    print("missing:", ", ".join(known)) if known else print("all equal")
    return 1 if wrong or known else 0


if sys.argv[1] == "dump":
    for name, manifest in manifests():
        print(json.dumps({"name": name, "manifest": manifest.model_dump(mode="json")}))
else:
    sys.exit(compare())
