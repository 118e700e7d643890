package dev.paddock.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestApplicationTest {
  @TempDir private Path root;
  private Path base = Path.of("");
  private Path target = Path.of("");
  private Path staging = Path.of("");

  @BeforeEach
  void folders() throws IOException {
    base = Files.createDirectory(root.resolve("base"));
    target = Files.createDirectory(root.resolve("workspace"));
    staging = root.resolve("staging");
  }

  private void apply(String json, boolean onlyEphemeral) throws InterruptedException {
    Sources sources =
        new Sources(
            Optional.of(new LocalBase(base)),
            (placed, repo, folder) -> {
              try {
                Path sub = Files.createDirectories(folder.resolve("src"));
                Files.writeString(sub.resolve("code"), repo.repo() + " " + repo.ref());
                Files.createSymbolicLink(folder.resolve("out"), Path.of("/etc"));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            },
            (placed, mount, folder) -> {
              throw new ManifestException(ErrorCode.UNAVAILABLE, placed.field() + ": no storage");
            });
    try (Workspace workspace = Workspace.open(target, List.of())) {
      new ManifestApplication(ManifestReader.read(json), sources)
          .apply(workspace, staging, onlyEphemeral);
    } finally {
      assertThat(staging).doesNotExist();
    }
  }

  private void apply(String entries) throws InterruptedException {
    apply("{\"entries\":{%s}}".formatted(entries), false);
  }

  private void refused(String entries, ErrorCode code, String message) {
    assertThatThrownBy(() -> apply(entries))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageStartingWith(message);
    assertThat(names()).as("nothing is half-made").isEmpty();
  }

  private List<String> names() {
    try (Stream<Path> all = Files.walk(target)) {
      return all.filter(path -> !path.equals(target))
          .map(path -> target.relativize(path).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(path)));
  }

  @Test
  void allOfItIsMade() throws IOException, InterruptedException {
    Files.createDirectories(base.resolve("data/sub"));
    Files.writeString(base.resolve("data/sub/x"), "x");
    Files.writeString(base.resolve("one.txt"), "one");
    apply(
        """
        "a/b/c.txt": {"type":"file","content":"é\\n","permissions":{"owner":6,"group":4}},
        "dir": {"type":"dir","permissions":{"owner":5},
          "children":{"in":{"type":"file","content":""},"empty":{"type":"local_dir"}}},
        "copy": {"type":"local_dir","src":"data"},
        "copy/more": {"type":"file","content":"beside"},
        "f": {"type":"local_file","src":"one.txt"},
        "repo": {"type":"git_repo","repo":"o/n","ref":"v1"},
        "part": {"type":"git_repo","repo":"o/n","ref":"v1","subpath":"src"}
        """);
    assertThat(names())
        .containsExactly(
            "a",
            "a/b",
            "a/b/c.txt",
            "copy",
            "copy/more",
            "copy/sub",
            "copy/sub/x",
            "dir",
            "dir/empty",
            "dir/in",
            "f",
            "part",
            "part/code",
            "repo",
            "repo/out",
            "repo/src",
            "repo/src/code");
    assertThat(target.resolve("a/b/c.txt")).hasContent("é\n");
    assertThat(mode("a/b/c.txt")).isEqualTo("rw-r-----");
    assertThat(mode("dir")).isEqualTo("r-x------");
    assertThat(mode("f")).isEqualTo("rwxr-xr-x");
    assertThat(target.resolve("part/code")).hasContent("o/n v1");
  }

  @Test
  void whatIsThereStaysAndTheRestIsMade() throws IOException, InterruptedException {
    Files.createDirectories(target.resolve("d"));
    Files.writeString(target.resolve("d/own"), "own");
    Files.writeString(target.resolve("taken"), "before");
    String entries =
        """
        "taken": {"type":"file","content":"after"},
        "d": {"type":"dir","children":{"own":{"type":"file","content":"after"},
          "new":{"type":"file","content":"new"}}},
        "taken2/x": {"type":"dir"}
        """;
    apply(entries);
    apply(entries);
    assertThat(names()).containsExactly("d", "d/new", "d/own", "taken", "taken2", "taken2/x");
    assertThat(target.resolve("d/own")).hasContent("own");
    assertThat(target.resolve("taken")).hasContent("before");
  }

  @Test
  void onlyWhatSnapshotsLeaveOutIsMadeAgain() throws InterruptedException {
    apply(
        """
        {"entries":{"kept":{"type":"file","content":""},
          "d":{"type":"dir","children":{"kept":{"type":"file","content":""},
            "gone":{"type":"file","content":"","ephemeral":true}}},
          "e":{"type":"dir","ephemeral":true,"children":{"f":{"type":"file","content":""}}}}}
        """,
        true);
    assertThat(names()).containsExactly("d", "d/gone", "e", "e/f");
  }

  @Test
  void aFailureLeavesNothing() throws IOException {
    refused(
        """
        "a": {"type":"file","content":"x"},
        "b/s3": {"type":"s3_mount","bucket":"b",
          "mount_strategy":{"type":"docker_volume","driver":"rclone"}}
        """,
        ErrorCode.UNAVAILABLE,
        "entries.\"b/s3\": no storage");
    refused(
        "\"l\":{\"type\":\"local_file\",\"src\":\"none\"}",
        ErrorCode.NOT_FOUND,
        "entries.\"l\".src: there is no \"none\"");
    refused(
        "\"l\":{\"type\":\"local_file\",\"src\":\".\"}",
        ErrorCode.INVALID_REQUEST,
        "entries.\"l\".src: \".\" is no file");
  }

  @Test
  void nothingOutsideOfTheBaseIsRead() throws IOException {
    Files.writeString(root.resolve("secret"), "secret");
    Files.createSymbolicLink(base.resolve("link"), root.resolve("secret"));
    Files.createSymbolicLink(base.resolve("up"), root);
    Files.createDirectory(base.resolve("with"));
    Files.createSymbolicLink(base.resolve("with/link"), root.resolve("secret"));
    for (String src : List.of("../secret", "/etc/passwd", root + "/secret", "link", "up/secret")) {
      refused(
          "\"l\":{\"type\":\"local_file\",\"src\":\"%s\"}".formatted(src),
          ErrorCode.PERMISSION_DENIED,
          "entries.\"l\".src: ");
    }
    refused(
        "\"l\":{\"type\":\"local_dir\",\"src\":\"up\"}",
        ErrorCode.PERMISSION_DENIED,
        "entries.\"l\".src: \"up\" leads through a link");
    refused(
        "\"l\":{\"type\":\"local_dir\",\"src\":\"with\"}",
        ErrorCode.INVALID_REQUEST,
        "entries.\"l\".src: link cannot be copied: links are not followed");
    refused(
        "\"r\":{\"type\":\"git_repo\",\"repo\":\"o/n\",\"ref\":\"v\",\"subpath\":\"out/ssl\"}",
        ErrorCode.PERMISSION_DENIED,
        "entries.\"r\".subpath: ");
  }

  @Test
  void aLinkOfARepositoryLeadsNoFileOutOfIt() throws IOException {
    Files.createDirectory(root.resolve("victim"));
    assertThatThrownBy(
            () ->
                apply(
                    """
                    "r": {"type":"git_repo","repo":"o/n","ref":"v"},
                    "r/out/paddock-was-here": {"type":"file","content":"x"}
                    """))
        .isInstanceOf(ManifestException.class);
    assertThat(Path.of("/etc/paddock-was-here")).doesNotExist();
    assertThat(names()).isEmpty();
  }

  @Test
  void aLinkInTheWorkspaceIsNotFollowed() throws IOException, InterruptedException {
    Path victim = Files.createDirectory(root.resolve("victim"));
    Files.createSymbolicLink(target.resolve("d"), victim);
    apply("\"d/x\":{\"type\":\"file\",\"content\":\"x\"},\"y\":{\"type\":\"dir\"}");
    assertThat(victim).isEmptyDirectory();
    assertThat(Files.isSymbolicLink(target.resolve("d"))).isTrue();
    assertThat(Files.isDirectory(target.resolve("y"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void whatCannotBeHadHereIsSaidBefore() {
    String grant = "{\"extra_path_grants\":[{\"path\":\"/mnt/x\",\"host_path\":\"%s\"}]}";
    WorkspaceManifest asking = ManifestReader.read(grant.formatted(base));
    assertThatThrownBy(() -> new ManifestCheck(asking, List.of()).require(true))
        .hasMessageStartingWith("extra_path_grants[0]: this machine's " + base)
        .hasMessageEndingWith("[workspace] extra_paths = [\"%s\"]".formatted(base));
    assertThat(new ManifestCheck(asking, List.of(root)).mounts().getFirst().host()).isEqualTo(base);
    assertThatThrownBy(
            () ->
                new ManifestCheck(
                        ManifestReader.read(grant.formatted(root.resolve("base/../../etc"))),
                        List.of(root))
                    .require(true))
        .isInstanceOf(ManifestException.class);
    WorkspaceManifest elsewhere =
        ManifestReader.read("{\"extra_path_grants\":[{\"path\":\"/etc\"}]}");
    assertThatThrownBy(() -> new ManifestCheck(elsewhere, List.of(Path.of("/"))).require(true))
        .hasMessageStartingWith("extra_path_grants[0].path: /etc cannot be shown there");
    WorkspaceManifest local =
        ManifestReader.read("{\"entries\":{\"l\":{\"type\":\"local_file\",\"src\":\"x\"}}}");
    assertThatThrownBy(() -> new ManifestCheck(local, List.of()).require(false))
        .hasMessageStartingWith("entries.\"l\": a local_file is read from the server's own disk");
    new ManifestCheck(local, List.of()).require(true);
    assertThatThrownBy(
            () ->
                new ManifestCheck(ManifestReader.read("{\"root\":\"/home/x\"}"), List.of())
                    .require(true))
        .hasMessageStartingWith("root: must be /workspace");
    assertThatThrownBy(
            () ->
                new ManifestCheck(
                        ManifestReader.read("{\"users\":[{\"name\":\"root\"}]}"), List.of())
                    .require(true))
        .hasMessageContaining("not the name of another account: root");
  }
}
