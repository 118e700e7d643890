package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a session's document must be kept, replaced and searched. */
abstract class SessionDocumentContract extends StoreContract {
  private static final SessionFilter ALL = SessionFilter.newest(100);

  private Sessions sessions() {
    return store.sessions();
  }

  private SessionId create(ObjectNode document, NewEvent... events) {
    return TestingEvents.create(sessions(), Optional.empty(), document, events);
  }

  private SessionId create(String json) {
    return create((ObjectNode) Json.tree(json));
  }

  private List<SessionId> ids(SessionFilter filter) {
    return sessions().list(filter).stream().map(SessionRecord::id).toList();
  }

  @Test
  void anAppendMayReplaceTheDocument() {
    SessionId id = TestingEvents.create(sessions(), "one");
    ObjectNode two = Json.object().put("title", "two");
    sessions().append(id, append("two").expecting(1).withDocument(two));
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(two);

    ObjectNode lost = Json.object().put("title", "lost");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> sessions().append(id, append("late").expecting(1).withDocument(lost)));
    Lease old = store.leases().acquire("run", "a", Duration.ofSeconds(9)).orElseThrow();
    store.leases().release(old);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () ->
                sessions()
                    .append(
                        id, Append.turn(old, List.of(message("late").event())).withDocument(lost)));
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(two);

    ObjectNode three = Json.object().put("title", "three");
    Append keyed = Append.acknowledged().withDocument(three);
    assertThat(sessions().append(id, keyed).entries()).isEmpty();
    reopen();
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(three);
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "two");
    assertThat(store.verify(id).intact()).isTrue();
  }

  @Test
  void aRepeatedAppendLeavesTheDocument() {
    SessionId id = TestingEvents.create(sessions());
    ObjectNode first = Json.object().put("title", "first");
    ObjectNode second = Json.object().put("title", "second");
    sessions().append(id, append("one").withKey("key").withDocument(first));
    Appended again = sessions().append(id, append("two").withKey("key").withDocument(second));
    assertThat(again.repeated()).isTrue();
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(first);
  }

  @Test
  void listsByDocument() {
    SessionId a = create("{\"agent\":{\"id\":\"agent_1\"},\"archived_at\":null}");
    SessionId b = create("{\"agent\":{\"id\":\"agent_2\"},\"archived_at\":\"2026-01-01\"}");
    SessionId c = create("{\"agent\":{\"id\":\"agent_1\"},\"archived_at\":\"2026-01-01\"}");
    SessionId odd = create("{\"agent\":\"agent_1\",\"n\":5,\"t\":true,\"z\":\"a\\u0000b\"}");
    assertThat(ids(ALL.withMatching("agent.id", "agent_1"))).containsExactly(c, a);
    assertThat(ids(ALL.withAbsent("archived_at"))).containsExactly(odd, a);
    assertThat(ids(ALL.withMatching("agent.id", "agent_1").withAbsent("archived_at")))
        .containsExactly(a);
    assertThat(ids(ALL.withMatching("agent", "agent_1"))).containsExactly(odd);
    assertThat(ids(ALL.withAbsent("agent.id"))).containsExactly(odd);
    for (String text : new String[] {"5", "true", "{\"id\":\"agent_1\"}", "agent_1' OR '1'='1"}) {
      assertThat(ids(ALL.withMatching("n", text))).isEmpty();
      assertThat(ids(ALL.withMatching("t", text))).isEmpty();
      assertThat(ids(ALL.withMatching("agent", text))).isEmpty();
    }
    assertThat(ids(ALL.withMatching("0", "x").withMatching("a.0.b_1", "y"))).isEmpty();
    sessions().append(b, append("x").withDocument(Json.object().put("kind", "new")));
    assertThat(ids(ALL.withMatching("kind", "new"))).containsExactly(b);
  }

  @Test
  void takesHostileDocuments() {
    for (String text :
        new String[] {
          "\0",
          "a\0\0b",
          "\\u0000",
          "\\\0",
          "\\\\u0000\0",
          "'; DROP TABLE sessions; --",
          "\"}{",
          "\uffff",
          "😀\u2028",
          "x".repeat(100_000)
        }) {
      ObjectNode document = Json.object().put("text", text).put("big", 1e300);
      document.putObject("a.b").put("", "empty name").put("\0", "odd name");
      SessionId id = create(document);
      assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(document);
      assertThat(ids(ALL.withMatching("text", text))).containsExactly(id);
      sessions().delete(id);
    }
    create("{\"text\":\"ab\"}");
    assertThat(ids(ALL.withMatching("text", "a\0b"))).isEmpty();
  }

  @Test
  void refusesHostilePaths() {
    for (String path :
        new String[] {
          "",
          ".",
          "a.",
          ".a",
          "a..b",
          "A",
          "a b",
          "a'b",
          "a\"b",
          "$",
          "a[0]",
          "a-b",
          "ä",
          "a\n",
          "a".repeat(256),
          "a') OR 1=1 --"
        }) {
      for (SessionFilter filter : List.of(ALL.withMatching(path, "x"), ALL.withAbsent(path))) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> sessions().list(filter))
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
      }
    }
    SessionFilter many = ALL;
    for (int i = 0; i < 17; i++) {
      many = many.withAbsent("a" + i);
    }
    SessionFilter tooMany = many;
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> sessions().list(tooMany))
        .withMessageContaining("17 paths");
  }
}
