package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.manifest.ManifestReader;
import dev.paddock.manifest.StorageSecrets;
import dev.paddock.sandbox.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
  private static final String FILES =
      """
      {"entries":{"kept.txt":{"type":"file","content":"kept"},
        "cache":{"type":"dir","ephemeral":true,"children":{"c":{"type":"file","content":"c"}}}}}
      """;

  @TempDir private Path root;

  private Node node(String privateHosts) {
    return Node.open(
        Map.of(
            "PADDOCK_HOME",
            root.resolve("home").toString(),
            "PATH",
            System.getenv().getOrDefault("PATH", ""),
            "PADDOCK_PRIVATE_HOSTS",
            privateHosts));
  }

  private void apply(Node node, String json) throws InterruptedException {
    Manifests.Making making =
        new Manifests.Making(
            Optional.empty(), StorageSecrets.NONE, line -> {}, false, Duration.ofMinutes(1));
    try (Workspace workspace = Workspace.open(root.resolve("w"), List.of())) {
      node.manifests().apply(ManifestReader.read(json), workspace, root, making);
    }
  }

  private static void sh(Path folder, String script) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-ec", script).directory(folder.toFile()).inheritIO();
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    assertThat(builder.start().waitFor()).isZero();
  }

  @Test
  void aRepositoryIsCheckedOutThroughTheGuard() throws IOException, InterruptedException {
    Path program = Path.of("/usr/lib/git-core/git-http-backend");
    assumeTrue(Files.isExecutable(program), "git-http-backend is not installed");
    Path shared = Files.createDirectories(root.resolve("shared/o"));
    sh(
        root,
        """
        git init -q -b trunk source; cd source; mkdir -p src/deep; echo one > src/deep/code
        mkdir -p .git/hooks; git add -A
        git -c user.name=t -c user.email=t@example.org commit -qm one; git tag v1
        git clone -q --bare . %s/n.git
        """
            .formatted(shared));
    Files.createDirectory(root.resolve("w"));
    try (TestingGitServer server =
        new TestingGitServer(root.resolve("shared"), program.toString())) {
      String host = "localhost:" + server.port();
      String entries =
          """
          {"entries":{"whole":{"type":"git_repo","host":"%1$s","repo":"o/n","ref":"v1"},
            "part":{"type":"git_repo","host":"%1$s","repo":"o/n","ref":"trunk","subpath":"src/deep"}}}
          """
              .formatted(host);
      try (Node node = node("")) {
        assertThatThrownBy(() -> apply(node, entries))
            .hasMessageStartingWith("entries.\"whole\": the repository o/n cannot be checked out")
            .hasMessageContaining("PADDOCK_PRIVATE_HOSTS");
      }
      assertThat(root.resolve("w")).isEmptyDirectory();
      try (Node node = node(host)) {
        apply(node, entries);
        assertThat(root.resolve("w/whole/src/deep/code")).hasContent("one");
        assertThat(root.resolve("w/whole/.git/HEAD")).exists();
        assertThat(root.resolve("w/part/code")).hasContent("one");
        assertThatThrownBy(
                () -> apply(node, entries.replace("trunk", "gone").replace("part", "p2")))
            .hasMessageStartingWith("entries.\"p2\": the repository o/n cannot be checked out");
        assertThat(root.resolve("w/p2")).doesNotExist();
      }
    }
  }

  private SessionRecord session(Node node, String manifest) throws IOException {
    ObjectNode document = TestingAgent.document(root);
    document.set(Manifests.KEY, node.manifests().accept(Json.tree(manifest), false));
    SessionId id = SessionId.next();
    node.store().sessions().create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of()));
    return node.store().sessions().find(id).orElseThrow();
  }

  private Optional<String> require(Node node, SessionRecord session) throws InterruptedException {
    SessionPlace place = places(node).of(session);
    try (Workspace workspace = Workspace.open(place.workspace(), place.mounts())) {
      return new SessionManifest(node, place, workspace, place.manifest().orElseThrow()).require();
    }
  }

  private static SessionPlaces places(Node node) {
    return new SessionPlaces(
        node.home(),
        node.store()::sessions,
        node.store()::blobs,
        (session, workspace) -> node.loop().snapshots().begin(session, workspace),
        manifest -> node.manifests().check(manifest).mounts());
  }

  @Test
  void aManifestIsMadeOnceAlsoWhenAProcessDiedInTheMiddle() throws Exception {
    try (Node node = node("")) {
      SessionRecord session = session(node, FILES);
      Path folder = node.home().session(session.id());
      Path left = Files.createDirectories(folder.resolve("manifest-staging/tree_x"));
      Files.writeString(left.resolve("half"), "half");
      Files.createDirectories(folder.resolve("workspace/cache"));
      assertThat(require(node, session)).isEmpty();
      assertThat(folder.resolve("workspace/kept.txt")).hasContent("kept");
      assertThat(folder.resolve("workspace/cache/c")).hasContent("c");
      assertThat(folder.resolve("manifest-staging")).doesNotExist();

      Files.delete(folder.resolve("workspace/kept.txt"));
      assertThat(require(node, session)).isEmpty();
      assertThat(folder.resolve("workspace/kept.txt"))
          .as("what the agent deleted does not come back")
          .doesNotExist();
    }
  }

  @Test
  void whatIsEphemeralIsLeftOutOfSnapshotsAndMadeAgain() throws Exception {
    try (Node node = node("")) {
      SessionRecord session = session(node, FILES);
      Path workspace = node.home().session(session.id()).resolve("workspace");
      require(node, session);
      String digest = node.snapshots().take(session.id()).digest();
      Files.delete(workspace.resolve("kept.txt"));
      node.snapshots().restore(session.id(), digest);
      assertThat(workspace.resolve("kept.txt")).hasContent("kept");
      assertThat(workspace.resolve("cache")).doesNotExist();
      Files.delete(workspace.resolve("kept.txt"));
      require(node, session);
      assertThat(workspace.resolve("cache/c")).hasContent("c");
      assertThat(workspace.resolve("kept.txt")).doesNotExist();
    }
  }

  @Test
  void aClientMayNameNoFilesOfTheServer() {
    JsonNode local =
        Json.tree("{\"entries\":{\"x\":{\"type\":\"local_file\",\"src\":\"/etc/passwd\"}}}");
    try (Node node = node("")) {
      assertThatThrownBy(() -> node.acceptManifest(local))
          .hasMessageStartingWith("entries.\"x\": a local_file is read from the server's own disk");
    }
  }

  @Test
  void whyItCannotBeMadeIsToldAndTheNextCallTriesAgain() throws Exception {
    try (Node node = node("")) {
      SessionRecord session =
          session(
              node,
              "{\"entries\":{\"a\":{\"type\":\"file\",\"content\":\"\"},\"r\":{\"type\":\"git_repo\","
                  + "\"host\":\"localhost:1\",\"repo\":\"o/n\",\"ref\":\"m\"}}}");
      for (int i = 0; i < 2; i++) {
        assertThat(require(node, session).orElseThrow())
            .startsWith("The call was not run: the workspace could not be made: entries.\"r\": ");
      }
      assertThat(node.home().session(session.id()).resolve("workspace")).isEmptyDirectory();
      assertThat(node.store().sessions().readAll(session.id()).getLast().event().toString())
          .contains("the workspace could not be made");
    }
  }
}
