package dev.paddock.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.Signature;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.store.Verification.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RedactionTest {
  private static final String SECRET = "Hopfengasse 7, Bamberg";
  private static final Principal ANNA = new Principal(Principal.Kind.USER, "anna");

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @BeforeEach
  void open() {
    store = SqliteStore.open(home);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void takesTheContentOutAndKeepsTheChain() throws IOException {
    SessionId id = TestingEvents.create(store.sessions(), "one");
    SessionEvent event =
        new SessionEvent.UserMessage(EventId.next(), List.of(ContentBlock.text(SECRET)));
    store
        .sessions()
        .append(
            id,
            Append.acknowledged(
                new NewEvent(
                    event, ANNA, Optional.of(new Signature("EdDSA", "key", "signed secret")))));
    store.sessions().append(id, TestingEvents.append("three"));

    store.redact(id, event.id(), ANNA, "asked for by the customer");

    assertThat(store.verify(id))
        .isEqualTo(
            new Verification(
                id,
                4,
                Optional.empty(),
                List.of(new Redaction(2, event.id(), 4, "asked for by the customer"))));
    List<LogEntry> entries = store.sessions().readAll(id);
    assertThat(entries.get(1).event())
        .isEqualTo(new SessionEvent.UserMessage(event.id(), List.of(new ContentBlock.Redacted())));
    assertThat(entries.get(1).principal()).isEqualTo(ANNA);
    assertThat(entries.get(1).signature()).isEmpty();
    assertThat(entries.get(3).principal()).isEqualTo(ANNA);
    assertThat(entries.get(3).event())
        .isInstanceOfSatisfying(
            SessionEvent.Notice.class, notice -> assertThat(notice.code()).isEqualTo("redacted"));
    store.close();
    assertNowhere(SECRET);
    assertNowhere("signed secret");
  }

  @Test
  void leavesNoCopyWhileTheStoreIsOpen() throws Exception {
    SessionId id = TestingEvents.create(store.sessions(), SECRET, "two");
    EventId first = store.sessions().readAll(id).getFirst().event().id();
    store.redact(id, first, ANNA, "test");
    // A child reads the files: closing them in this process would drop SQLite's locks.
    Process grep = new ProcessBuilder("grep", "-rlaF", SECRET, home.toString()).start();
    assertThat(grep.inputReader().readAllLines()).isEmpty();
    assertThat(grep.waitFor()).isEqualTo(1);
  }

  private void assertNowhere(String secret) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, ISO_8859_1)).doesNotContain(secret);
      }
    }
  }

  @Test
  void repeatingItChangesNothing() {
    SessionId id = TestingEvents.create(store.sessions(), SECRET);
    EventId event = store.sessions().readAll(id).getFirst().event().id();
    store.redact(id, event, ANNA, "once");
    store.redact(id, event, ANNA, "twice");
    assertThat(store.verify(id).redactions()).containsExactly(new Redaction(1, event, 2, "once"));
    assertThat(store.verify(id).entries()).isEqualTo(2);
  }

  @Test
  void aChangedRedactionIsABrokenLink() throws Exception {
    SessionId id = TestingEvents.create(store.sessions(), SECRET, "two");
    EventId event = store.sessions().readAll(id).getFirst().event().id();
    store.redact(id, event, ANNA, "test");
    TestingSql.run(
        home,
        "UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), 'paddock', 'badduck') AS BLOB),"
            + " principal = 'system:badduck' WHERE sequence = 1");
    assertThat(store.verify(id).broken().orElseThrow().sequence()).isEqualTo(1);
    assertThat(store.verify(id).redactions()).isEmpty();
  }

  @Test
  void theNoticeOfARedactionStays() {
    SessionId id = TestingEvents.create(store.sessions(), SECRET);
    EventId event = store.sessions().readAll(id).getFirst().event().id();
    store.redact(id, event, ANNA, "test");
    EventId notice = store.sessions().readAll(id).getLast().event().id();
    assertFails(ErrorCode.INVALID_REQUEST, () -> store.redact(id, notice, ANNA, "test"));
  }

  @Test
  void refusesWhatIsUnknownOrUnreasoned() {
    SessionId id = TestingEvents.create(store.sessions(), "one");
    EventId event = store.sessions().readAll(id).getFirst().event().id();
    assertFails(ErrorCode.NOT_FOUND, () -> store.redact(id, EventId.next(), ANNA, "test"));
    assertFails(ErrorCode.NOT_FOUND, () -> store.redact(SessionId.next(), event, ANNA, "test"));
    assertFails(ErrorCode.INVALID_REQUEST, () -> store.redact(id, event, ANNA, " "));
    assertFails(ErrorCode.INVALID_REQUEST, () -> store.redact(id, event, ANNA, "r".repeat(501)));
    assertThat(TestingEvents.texts(store.sessions().readAll(id))).containsExactly("one");
  }

  private static void assertFails(ErrorCode code, Runnable action) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(action::run)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void takesTheBlobAlongThatOnlyItReferredTo() {
    String blob = store.blobs().put(SECRET.getBytes(UTF_8));
    SessionId id = TestingEvents.create(store.sessions(), "see " + blob, "two");
    EventId event = store.sessions().readAll(id).getFirst().event().id();
    store.redact(id, event, ANNA, "test");
    assertThat(store.blobs().contains(blob)).isFalse();
  }

  static Stream<SessionEvent> everyKind() {
    EventId id = EventId.next();
    List<ContentBlock> content = List.of(ContentBlock.text(SECRET));
    ObjectNode secret = Json.object().put("secret", SECRET);
    return Stream.of(
        new SessionEvent.AgentMessage(id, content),
        new SessionEvent.AgentThinking(id, Optional.of(SECRET)),
        new SessionEvent.AgentToolUse(id, "bash", secret, Permission.ALLOW, Optional.of(secret)),
        new SessionEvent.AgentToolResult(id, EventId.next(), content, true),
        new SessionEvent.AgentMcpToolUse(
            id, "server", "tool", secret, Permission.ASK, Optional.empty()),
        new SessionEvent.AgentCustomToolUse(id, "tool", secret),
        new SessionEvent.UserCustomToolResult(id, EventId.next(), content, false),
        new SessionEvent.UserToolConfirmation(
            id, EventId.next(), Permission.DENY, Optional.of(SECRET)),
        new SessionEvent.UserDefineOutcome(id, "out_1", SECRET, secret, Optional.of(3)),
        new SessionEvent.AgentThreadContextCompacted(id, Optional.of(secret)),
        new SessionEvent.AgentThreadMessageSent(id, "thr_1", Optional.of(SECRET), content),
        new SessionEvent.StatusIdle(id, new StopReason.EndTurn(), Optional.of(secret)),
        new SessionEvent.SessionError(id, secret),
        new SessionEvent.SessionUpdated(id, secret),
        new SessionEvent.OutcomeEvaluationEnd(id, "out_1", 1, "passed", Optional.of(SECRET)),
        new SessionEvent.Notice(id, "skipped", SECRET, Optional.of(secret)),
        new SessionEvent.ThreadChanged(id, "session.thread_created", "thr_1", secret),
        new SessionEvent.Unknown(
            id, "new.type", secret.deepCopy().put("id", id.value()).put("type", "new.type")));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyKindOfEventCanBeRedacted(SessionEvent event) {
    SessionEvent redacted = Redactor.withoutContent(event);
    assertThat(redacted.type()).isEqualTo(event.type());
    assertThat(redacted.id()).isEqualTo(event.id());
    assertThat(Json.write(redacted)).doesNotContain(SECRET);
  }
}
