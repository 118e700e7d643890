package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.Workspace;
import dev.paddock.store.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionOutputsTest {
  @TempDir private Path folder;
  private SqliteStore store;
  private Workspace workspace;
  private Path outputs;
  private SessionRecord session;

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(Files.createDirectory(folder.resolve("home")));
    Path work = Files.createDirectory(folder.resolve("work"));
    outputs = Files.createDirectory(work.resolve("outputs"));
    workspace = Workspace.open(work, List.of());
    SessionId id = SessionId.next();
    store.sessions().create(new NewSession(id, WorkspaceId.DEFAULT, Json.object(), List.of()));
    session = store.sessions().find(id).orElseThrow();
  }

  @AfterEach
  void close() {
    workspace.close();
    store.close();
  }

  private List<String> ids() {
    return store.resources().list(ResourceFilter.newest(SessionOutputs.KIND, 100)).stream()
        .map(Resource::id)
        .toList();
  }

  @Test
  void filesOfSeveralPagesAreKnownAgain() throws IOException {
    for (int i = 0; i < 5; i++) {
      Files.writeString(outputs.resolve(i + ".txt"), "text " + i);
    }
    new SessionOutputs(store, 2).collect(session, workspace);
    List<String> first = ids();
    assertThat(first).hasSize(5);
    new SessionOutputs(store, 2).collect(session, workspace);
    assertThat(ids()).isEqualTo(first);
  }

  @Test
  void whatIsForgottenIsReadAgainAndNotMadeAgain() throws IOException {
    Files.writeString(outputs.resolve("a.txt"), "text");
    SessionOutputs collected = new SessionOutputs(store);
    collected.collect(session, workspace);
    List<String> first = ids();
    assertThat(first).hasSize(1);
    collected.keepOnly(List.of());
    collected.collect(session, workspace);
    assertThat(ids()).isEqualTo(first);
  }
}
