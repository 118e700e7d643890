package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionSnapshotsTest {
  private static final WorkspaceId OTHER = new WorkspaceId("wrkspc_other");

  @TempDir private Path folder;
  private Node node;

  @BeforeEach
  void open() throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.writeString(home.resolve("config.toml"), "[sandbox]\nidle_minutes = 30\n");
    node = Node.open(Map.of("PADDOCK_HOME", home.toString()));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private SessionId session(WorkspaceId owner, Map<String, String> keys) throws IOException {
    ObjectNode document = TestingAgent.document(folder);
    keys.forEach(document::put);
    return work().create(TestingWork.asked(owner, document, "Begin."));
  }

  private SessionId session() throws IOException {
    return session(WorkspaceId.DEFAULT, Map.of());
  }

  private Path workspace(SessionId id) {
    return node.home().session(id).resolve("workspace");
  }

  private void write(SessionId id, String path, String content) throws IOException {
    Path file = workspace(id).resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private TestingWork work() {
    return new TestingWork(node);
  }

  private Hands hands(SessionId id) {
    return work().hands(id);
  }

  private String bash(SessionId id, String command) throws InterruptedException {
    return work().bash(id, command);
  }

  private static void assertFails(ErrorCode code, String message, Runnable action) {
    assertThatExceptionOfType(PaddockException.class)
        .isThrownBy(action::run)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aSnapshotIsKeptFoundAndPutBack() throws IOException {
    SessionId id = session();
    write(id, "a/file", "as it was");
    KeptSnapshot kept = node.tasks().snapshot(id);
    write(id, "a/file", "changed");
    write(id, "more", "more");

    assertThat(node.snapshots().list(9)).containsExactly(kept);
    assertThat(kept.files()).isEqualTo(1);
    node.tasks().restore(id, kept.digest().substring(0, 10));
    assertThat(workspace(id).resolve("a/file")).hasContent("as it was");
    assertThat(workspace(id).resolve("more")).doesNotExist();
    try (var files = Files.list(node.home().session(id))) {
      assertThat(files.map(Path::getFileName)).doesNotContain(Path.of("restored"));
    }
    node.snapshots().delete(kept.digest());
    assertThat(node.snapshots().list(9)).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, "no snapshot", () -> node.tasks().restore(id, kept.digest()));
  }

  @Test
  void whatIsKeptSurvivesAPruneAndWhatIsDeletedDoesNot() throws IOException {
    SessionId id = session();
    write(id, "file", "content");
    KeptSnapshot kept = node.tasks().snapshot(id);
    node.tasks().delete(id);
    assertThat(TestingPrune.blobs(node)).isZero();
    SessionId next = session(WorkspaceId.DEFAULT, Map.of(SessionSnapshots.KEY, kept.digest()));
    hands(next);
    assertThat(workspace(next).resolve("file")).hasContent("content");

    node.tasks().delete(next);
    node.snapshots().delete(kept.digest());
    assertThat(TestingPrune.blobs(node)).as("manifest and archive").isEqualTo(2);
  }

  @Test
  void theSameFilesOfOneSessionAreKeptOnce() throws IOException {
    SessionId id = session();
    write(id, "file", "content");
    assertThat(node.tasks().snapshot(id)).isEqualTo(node.tasks().snapshot(id));
    assertThat(node.snapshots().list(9)).hasSize(1);
  }

  @Test
  void aSessionTomorrowGoesOnWithTheFilesOfToday() throws IOException {
    SessionId today = session();
    write(today, "report.md", "half done");
    SessionId tomorrow = session(WorkspaceId.DEFAULT, Map.of(SessionSnapshots.KEY, today.value()));
    hands(tomorrow);
    assertThat(workspace(tomorrow).resolve("report.md")).hasContent("half done");

    write(tomorrow, "report.md", "done");
    node.loop().release(tomorrow);
    hands(tomorrow);
    assertThat(workspace(tomorrow).resolve("report.md")).hasContent("done");
    assertThat(workspace(today).resolve("report.md")).hasContent("half done");
  }

  @Test
  void attack51NoSessionBeginsWithFilesOfAnotherOwner() throws IOException {
    SessionId mine = session();
    write(mine, "secret", "mine");
    KeptSnapshot kept = node.tasks().snapshot(mine);
    for (String from : List.of(mine.value(), kept.digest(), kept.digest().substring(0, 8))) {
      SessionId theirs = session(OTHER, Map.of(SessionSnapshots.KEY, from));
      assertFails(ErrorCode.NOT_FOUND, "", () -> hands(theirs));
      assertThat(workspace(theirs).resolve("secret")).doesNotExist();
    }
    Path file = Files.writeString(folder.resolve("archive"), "x");
    SessionId path = session(OTHER, Map.of(SessionSnapshots.KEY, file.toString()));
    assertFails(ErrorCode.INVALID_REQUEST, "not a valid id", () -> hands(path));
  }

  /** What a session's environment holds, its memory and its rules are not its files. */
  @Test
  void attack51ASnapshotCarriesNoVariablesMemoryOrRules() throws IOException {
    ObjectNode document = TestingAgent.document(folder);
    document.putObject("variables").put("API_TOKEN", "canary-in-a-variable");
    document
        .putArray("memory")
        .addObject()
        .put("store_id", "memstore_1")
        .put("name", "notes")
        .put("path", "/workspace/memory/notes")
        .put("read_only", false);
    SessionId id = SessionId.next();
    node.store().sessions().create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of()));
    write(id, "memory/notes/n.md", "canary-in-memory");
    write(id, "kept", "kept");
    KeptSnapshot kept = node.tasks().snapshot(id);
    SessionId next = session(WorkspaceId.DEFAULT, Map.of(SessionSnapshots.KEY, kept.digest()));
    hands(next);

    try (var all = Files.walk(workspace(next))) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(workspace(next).resolve("kept"));
    }
    assertThat(SessionDocument.read(record(next).document()).variables()).isEmpty();
  }

  private SessionRecord record(SessionId id) {
    return node.store().sessions().find(id).orElseThrow();
  }

  @Test
  void aForkOfAServersSessionHasFilesOfItsOwn() throws IOException {
    SessionId id = session(WorkspaceId.DEFAULT, Map.of("workspace", "shared-1"));
    Path shared = node.home().workspace("shared-1").resolve("workspace");
    Files.createDirectories(shared);
    Files.writeString(shared.resolve("file"), "before");
    Files.createDirectories(shared.resolveSibling("placed"));
    Files.createFile(shared.resolveSibling("placed").resolve("mark"));
    SessionId fork = node.tasks().fork(id, Optional.empty());
    hands(fork);

    assertThat(workspace(fork).resolve("file")).hasContent("before");
    assertThat(node.home().session(fork).resolve("placed/mark")).exists();
    write(fork, "file", "the fork's");
    assertThat(shared.resolve("file")).hasContent("before");
    assertThat(record(fork).document().has("workspace")).isFalse();
  }

  @Test
  void anIdleSandboxStopsAndComesBackWithItsFiles() throws Exception {
    assumeTrue(node.sandboxes().readiness().ready(), "no box can be started here");
    SessionId id = session();
    assertThat(bash(id, "echo alive > file; sleep 73912 & echo ok")).contains("ok");
    assertThat(TestingWork.sleeping("73912")).isTrue();

    node.loop().releaseUnused(Instant.now().plusSeconds(29 * 60));
    assertThat(TestingWork.sleeping("73912")).as("not idle for long enough").isTrue();
    node.loop().releaseUnused(Instant.now().plusSeconds(31 * 60));
    assertThat(TestingWork.sleeping("73912")).isFalse();
    assertThat(bash(id, "cat file")).contains("alive");
  }

  @Test
  void aBoxSeesTheFilesThatAnotherProcessPutInPlace() throws Exception {
    assumeTrue(node.sandboxes().readiness().ready(), "no box can be started here");
    SessionId id = session();
    assertThat(bash(id, "echo before > file; cat file")).contains("before");
    try (Node other = Node.open(Map.of("PADDOCK_HOME", node.home().root().toString()))) {
      KeptSnapshot kept = other.tasks().snapshot(id);
      assertThat(bash(id, "echo after > file; cat file")).contains("after");
      other.tasks().restore(id, kept.digest());
    }
    assertThat(bash(id, "cat file")).contains("before");
  }
}
