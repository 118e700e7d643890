package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.SessionDocument.MemoryMount;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.sandbox.Workspace;
import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionMemoryTest {
  private static final String STORE = "memstore_1";
  private static final SessionId SESSION = new SessionId("sesn_memory");

  @TempDir private Path root;
  private Optional<Store> store = Optional.empty();
  private Optional<Workspace> workspace = Optional.empty();
  private Path folder = Path.of("");

  @BeforeEach
  void open() throws IOException {
    Path home = Files.createDirectory(root.resolve("home"));
    store =
        Optional.of(
            Stores.open(Optional.empty(), home, Files.createDirectory(root.resolve("files"))));
    store
        .get()
        .resources()
        .create(MemoryBook.STORE, STORE, WorkspaceId.DEFAULT, Json.object().put("id", STORE));
    Path shown = Files.createDirectory(root.resolve("workspace"));
    folder = shown.resolve("memory/notes");
    workspace = Optional.of(Workspace.open(shown, List.of()));
  }

  @AfterEach
  void close() {
    workspace.ifPresent(Workspace::close);
    store.ifPresent(Store::close);
  }

  private MemoryBook book(String who) {
    return new MemoryBook(
        store.orElseThrow().resources(),
        Clock.systemUTC(),
        WorkspaceId.DEFAULT,
        who.isEmpty()
            ? MemoryBook.actor(SESSION)
            : Json.object().put("type", "user_actor").put("user_id", who));
  }

  private SessionMemory memory(boolean readOnly) {
    MemoryMount mount =
        new MemoryMount(
            STORE,
            "notes",
            readOnly ? "/mnt/memory/notes" : "/workspace/memory/notes",
            readOnly,
            Optional.empty());
    Path file = root.resolve("memory.json");
    try {
      Files.createDirectories(SessionMemory.shown(file, mount));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SessionMemory(
        List.of(mount), workspace.orElseThrow(), book(""), store.orElseThrow().blobs(), file);
  }

  private MemoryBook.Content content(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new MemoryBook.Content(store.orElseThrow().blobs().put(bytes), bytes.length);
  }

  private String create(String path, String text) {
    return book("api").create(STORE, path, content(text)).path("id").asText();
  }

  private void update(String id, String text) {
    book("api").update(STORE, id, Optional.empty(), Optional.of(content(text)), Optional.empty());
  }

  /** The store's texts by path. */
  private Map<String, String> stored() {
    Map<String, String> texts = new TreeMap<>();
    for (Resource memory : book("").memories(STORE)) {
      byte[] bytes =
          store
              .orElseThrow()
              .blobs()
              .read(memory.document().path("content_sha256").asText(), 1 << 20)
              .orElseThrow();
      texts.put(memory.document().path("path").asText(), new String(bytes, StandardCharsets.UTF_8));
    }
    return texts;
  }

  private void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
    Files.writeString(file, text);
  }

  private static List<String> afterCall(SessionMemory memory) {
    memory.mayChange();
    return memory.agree();
  }

  @Test
  void bothSidesTakeOverWhatTheOtherChanged() throws IOException {
    String kept = create("/kept.md", "one");
    String gone = create("/deep/er/gone.md", "two");
    try (SessionMemory memory = memory(false)) {
      assertThat(memory.agree()).isEmpty();
      assertThat(folder.resolve("kept.md")).hasContent("one");
      assertThat(folder.resolve("deep/er/gone.md")).hasContent("two");

      write("new/file.md", "three");
      write("kept.md", "one and more");
      assertThat(afterCall(memory)).isEmpty();
      assertThat(stored())
          .containsEntry("/new/file.md", "three")
          .containsEntry("/kept.md", "one and more");
      assertThat(book("").memory(STORE, kept).document().path("path").asText())
          .isEqualTo("/kept.md");

      update(kept, "from the API");
      book("api").delete(STORE, gone, Optional.empty());
      create("/deep/er", "a file where a folder was");
      assertThat(memory.agree()).isEmpty();
      assertThat(folder.resolve("kept.md")).hasContent("from the API");
      assertThat(folder.resolve("deep/er")).hasContent("a file where a folder was");

      Files.delete(folder.resolve("kept.md"));
      assertThat(afterCall(memory)).isEmpty();
      assertThat(stored()).containsOnlyKeys("/new/file.md", "/deep/er");
    }
    List<String> actors =
        store
            .orElseThrow()
            .resources()
            .list(ResourceFilter.newest(MemoryBook.VERSION, 100))
            .stream()
            .map(version -> version.document().path("created_by"))
            .map(by -> by.path("session_id").asText(by.path("user_id").asText()))
            .toList();
    assertThat(actors).containsOnly("api", SESSION.value()).contains("api", SESSION.value());
  }

  @Test
  void whereBothChangedTheStoreHasThePathAndTheOtherTextIsKept() throws IOException {
    String id = create("/a.md", "base");
    try (SessionMemory memory = memory(false)) {
      memory.agree();
      write("a.md", "the agent's");
      update(id, "the API's");
      List<String> notes = afterCall(memory);

      assertThat(notes).hasSize(1);
      assertThat(notes.getFirst()).contains("/workspace/memory/notes/a.md", ".paddock/memory/");
      assertThat(folder.resolve("a.md")).hasContent("the API's");
      assertThat(stored()).containsEntry("/a.md", "the API's");
      String copy =
          notes.getFirst().substring(notes.getFirst().indexOf("/workspace/.paddock") + 11);
      assertThat(root.resolve("workspace").resolve(copy)).hasContent("the agent's");
      assertThat(afterCall(memory)).isEmpty();
    }
  }

  @Test
  void aProcessThatTakesOverKnowsWhoChangedWhat() throws IOException {
    String id = create("/a.md", "base");
    create("/b.md", "base");
    try (SessionMemory memory = memory(false)) {
      memory.agree();
    }
    write("b.md", "written, and then the process was killed");
    update(id, "changed meanwhile");
    try (SessionMemory memory = memory(false)) {
      assertThat(memory.agree()).isEmpty();
      assertThat(stored())
          .containsEntry("/a.md", "changed meanwhile")
          .containsEntry("/b.md", "written, and then the process was killed");
      assertThat(folder.resolve("a.md")).hasContent("changed meanwhile");
    }
  }

  @Test
  void whatBreaksTheRulesIsToldOnceAndNothingLeaksIn() throws IOException {
    create("/real.md", "real");
    create("/other.md", "other");
    Path secret = Files.writeString(root.resolve("secret"), "of the host");
    try (SessionMemory memory = memory(false)) {
      memory.agree();
      write("big.md", "x".repeat(MemoryBook.MAX_BYTES + 1));
      Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0});
      write("bad\u200bname.md", "hidden character");
      Files.createSymbolicLink(folder.resolve("link.md"), secret);
      Files.delete(folder.resolve("real.md"));
      Files.createSymbolicLink(folder.resolve("real.md"), secret);
      Files.delete(folder.resolve("other.md"));
      Files.createDirectory(folder.resolve("other.md"));
      List<String> notes = afterCall(memory);

      assertThat(notes).anyMatch(note -> note.contains("big.md") && note.contains("102,400"));
      assertThat(notes).anyMatch(note -> note.contains("binary") && note.contains("UTF-8"));
      assertThat(notes).anyMatch(note -> note.contains("real.md") && note.contains("link"));
      assertThat(afterCall(memory)).isEmpty();
      assertThat(stored()).containsOnlyKeys("/real.md", "/other.md");
      assertThat(stored().values()).doesNotContain("of the host");
    }

    Files.move(folder, root.resolve("moved"));
    Files.createSymbolicLink(folder, root.resolve("home"));
    try (SessionMemory memory = memory(false)) {
      assertThat(memory.agree()).anyMatch(note -> note.contains("not in step"));
      assertThat(stored()).containsOnlyKeys("/real.md", "/other.md");
      assertThat(Files.exists(root.resolve("home/real.md"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
    assertThat(secret).hasContent("of the host");
  }

  @Test
  void aStoreThatMayOnlyBeReadIsShownAndNeverWritten() throws IOException {
    String id = create("/a/b.md", "one");
    try (SessionMemory memory = memory(true)) {
      assertThat(memory.agree()).isEmpty();
      Path shown = root.resolve("memory").resolve(STORE);
      assertThat(shown.resolve("a/b.md")).hasContent("one");
      update(id, "two");
      assertThat(afterCall(memory)).isEmpty();
      assertThat(shown.resolve("a/b.md")).hasContent("two");
      Files.writeString(shown.resolve("stray.md"), "nobody may");
      assertThat(afterCall(memory)).isEmpty();
      assertThat(shown.resolve("stray.md")).doesNotExist();
      assertThat(stored()).containsOnlyKeys("/a/b.md");
    }
  }
}
