package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Resource;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestingFilesTest {
  private static final Duration LONG = Duration.ofMinutes(16);

  @TempDir private Path folder;
  private Optional<Node> node = Optional.empty();

  @AfterEach
  void close() {
    node.ifPresent(Node::close);
  }

  private Node node(String keeps) throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.writeString(
        home.resolve("config.toml"), "[sandbox]\nidle_keeps = \"%s\"\n".formatted(keeps));
    node = Optional.of(Node.open(Map.of("PADDOCK_HOME", home.toString())));
    return node.get();
  }

  private SessionId session(Node node) throws IOException {
    return new TestingWork(node)
        .create(TestingWork.asked(WorkspaceId.DEFAULT, TestingAgent.document(folder), "Begin."));
  }

  private static void use(Node node, SessionId id) {
    new TestingWork(node).hands(id);
  }

  private static void rest(Node node) {
    node.loop().releaseUnused(Instant.now().plus(LONG));
  }

  private static Path workspace(Node node, SessionId id) {
    return node.home().session(id).resolve("workspace");
  }

  private static Optional<Resource> kept(Node node, SessionId id) {
    return node.store().resources().find(RestingFiles.KIND, id.value());
  }

  /** A session with a script, a link to it and a folder. */
  private SessionId used(Node node) throws IOException {
    SessionId id = session(node);
    use(node, id);
    Path made = Files.createDirectories(workspace(node, id).resolve("src"));
    Files.writeString(made.resolve("run.sh"), "echo made");
    Files.setPosixFilePermissions(
        made.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(workspace(node, id).resolve("run"), Path.of("src/run.sh"));
    return id;
  }

  private static void assertMade(Path workspace) {
    assertThat(workspace.resolve("run")).isSymbolicLink().hasContent("echo made");
    assertThat(workspace.resolve("src/run.sh")).isExecutable();
  }

  @Test
  void aLostFolderComesBackFromWhatTheIdleStopKept() throws IOException {
    Node node = node("folder");
    SessionId id = used(node);
    rest(node);
    assertMade(workspace(node, id));

    WorkspaceRemoval.remove(workspace(node, id));
    use(node, id);

    assertMade(workspace(node, id));
  }

  @Test
  void whereTheSnapshotAloneIsKeptTheFolderGoesAndComesBackWithTheNextUse() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    rest(node);

    assertThat(workspace(node, id)).doesNotExist();
    assertThat(node.home().session(id)).isDirectoryNotContaining(path -> is(path, "resting"));
    use(node, id);
    assertMade(workspace(node, id));
  }

  private static boolean is(Path path, String prefix) {
    return String.valueOf(path.getFileName()).startsWith(prefix);
  }

  @Test
  void filesOfARestingSessionAreReadFromOutsideAsBefore() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    rest(node);

    KeptSnapshot taken = node.tasks().snapshot(id);

    assertThat(taken.files()).isEqualTo(1);
    assertMade(workspace(node, id));
  }

  @Test
  void aPruneLeavesWhatIsKept() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    rest(node);

    assertThat(TestingPrune.blobs(node)).isZero();

    use(node, id);
    assertMade(workspace(node, id));
  }

  @Test
  void onlyTheLastStopIsKept() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    rest(node);
    String first = kept(node, id).orElseThrow().document().path("digest").asText();
    use(node, id);
    Files.writeString(workspace(node, id).resolve("more"), "later");
    rest(node);

    assertThat(kept(node, id).orElseThrow().document().path("digest").asText()).isNotEqualTo(first);
    use(node, id);
    assertThat(workspace(node, id).resolve("more")).hasContent("later");
  }

  @Test
  void aFolderWithWhatASnapshotDoesNotHoldStays() throws Exception {
    Node node = node("snapshot");
    SessionId id = used(node);
    Process made =
        new ProcessBuilder("mkfifo", workspace(node, id).resolve("pipe").toString()).start();
    assertThat(made.waitFor()).isZero();

    rest(node);

    assertThat(workspace(node, id).resolve("pipe")).exists();
    assertThat(kept(node, id)).isPresent();
  }

  @Test
  void aSessionThatWentOnKeepsItsFolder() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    SessionPlace place = placeOf(node, id);
    node.loop().release(id);
    RestingFiles.InUse goesOn =
        new RestingFiles.InUse() {
          @Override
          public boolean opened(SessionPlace asked) {
            return false;
          }

          @Override
          public void unlessOpened(SessionPlace asked, Runnable action) {
            node.store().sessions().append(id, Append.acknowledged(TestingWork.message("Go on.")));
            action.run();
          }
        };

    new RestingFiles(node).keep(place, goesOn);

    assertMade(workspace(node, id));
  }

  @Test
  void aSessionThatAnotherProcessRunsKeepsItsFolder() throws IOException {
    Node node = node("snapshot");
    SessionId id = used(node);
    Lease other =
        node.store()
            .leases()
            .acquire(SessionLoop.lease(id), "elsewhere", Duration.ofMinutes(1))
            .orElseThrow();
    SessionPlace place = placeOf(node, id);
    node.loop().release(id);

    new RestingFiles(node).keep(place, new NeverOpened());

    assertMade(workspace(node, id));
    node.store().leases().release(other);
    new RestingFiles(node).keep(place, new NeverOpened());
    assertThat(workspace(node, id)).doesNotExist();
  }

  private static final class NeverOpened implements RestingFiles.InUse {
    @Override
    public boolean opened(SessionPlace place) {
      return false;
    }

    @Override
    public void unlessOpened(SessionPlace place, Runnable action) {
      action.run();
    }
  }

  private static SessionPlace placeOf(Node node, SessionId id) {
    SessionPlaces places =
        new SessionPlaces(
            node.home(),
            node.store()::sessions,
            node.store()::blobs,
            (session, target) -> {},
            manifest -> List.of());
    return places.of(node.store().sessions().find(id).orElseThrow());
  }

  @Test
  void aDeletedSessionKeepsNothing() throws IOException {
    Node node = node("snapshot");
    SessionId first = used(node);
    SessionId second = used(node);
    rest(node);

    node.tasks().delete(first);
    node.store().sessions().delete(second);
    assertThat(TestingPrune.blobs(node)).as("two manifests, two archives").isEqualTo(4);

    assertThat(kept(node, first)).isEmpty();
    assertThat(kept(node, second)).isEmpty();
  }
}
