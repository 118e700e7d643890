package dev.paddock.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.Signature;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.store.Verification.BrokenLink;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChainTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  private SessionId id;

  @BeforeEach
  void makeALogOfFive() {
    try (Store store = SqliteStore.open(home)) {
      id = TestingEvents.create(store.sessions(), "one", "two");
      TestingEvents.create(store.sessions(), "another session");
      NewEvent signed =
          new NewEvent(
              new SessionEvent.UserMessage(EventId.next(), List.of(ContentBlock.text("three"))),
              new Principal(Principal.Kind.USER, "anna"),
              Optional.of(new Signature("EdDSA", "key", "c2ln")));
      store.sessions().append(id, Append.acknowledged(signed));
      store.sessions().append(id, TestingEvents.append("four", "five"));
    }
  }

  private Verification verify() {
    try (Store store = SqliteStore.open(home)) {
      return store.verify(id);
    }
  }

  @Test
  void anUntouchedLogIsIntact() {
    assertThat(verify()).isEqualTo(new Verification(id, 5, Optional.empty(), List.of()));
  }

  @Test
  void followsTheDocumentedFormula() throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] link = sha256.digest(id.value().getBytes(UTF_8));
    try (Connection connection = TestingSql.open(home);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT sequence, stored, digest, link FROM events WHERE session = 1 ORDER BY sequence")) {
      for (long sequence = 1; rows.next(); sequence++) {
        byte[] digest = sha256.digest(rows.getBytes("stored"));
        byte[] input = ByteBuffer.allocate(72).put(link).putLong(sequence).put(digest).array();
        link = sha256.digest(input);
        assertThat(rows.getLong("sequence")).isEqualTo(sequence);
        assertThat(rows.getBytes("digest")).isEqualTo(digest);
        assertThat(Arrays.equals(rows.getBytes("link"), link)).isTrue();
      }
    }
  }

  /** Each statement tampers with the session that is number 1, of five events. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), 'two', 'owt') AS BLOB) WHERE session = 1 AND sequence = 2 | 2 | digest
          UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), 'anna', 'otto') AS BLOB) WHERE session = 1 AND sequence = 3 | 3 | digest
          UPDATE events SET principal = 'user:otto' WHERE session = 1 AND sequence = 3 | 3 | columns
          UPDATE events SET signature = NULL WHERE session = 1 AND sequence = 3 | 3 | columns
          UPDATE events SET recorded_at = recorded_at + 1 WHERE session = 1 AND sequence = 4 | 4 | columns
          UPDATE events SET type = 'user.message' WHERE session = 1 AND sequence = 4 | 4 | columns
          UPDATE events SET digest = zeroblob(32) WHERE session = 1 AND sequence = 1 | 1 | digest
          UPDATE events SET link = zeroblob(32) WHERE session = 1 AND sequence = 4 | 4 | link
          UPDATE events SET digest = zeroblob(32), redacted_by = 5 WHERE session = 1 AND sequence = 2 | 2 | link
          UPDATE events SET redacted_by = 5 WHERE session = 1 AND sequence = 2 | 2 | no notice
          UPDATE events SET redacted_by = 99 WHERE session = 1 AND sequence = 2 | 2 | no notice
          DELETE FROM events WHERE session = 1 AND sequence = 1 | 1 | missing
          DELETE FROM events WHERE session = 1 AND sequence = 3 | 3 | missing
          DELETE FROM events WHERE session = 1 AND sequence = 5 | 5 | missing
          DELETE FROM events WHERE session = 1 | 1 | missing
          UPDATE anchors SET sequence = 6 WHERE session = 1 | 6 | missing
          UPDATE anchors SET link = zeroblob(32) WHERE session = 1 | 5 | acknowledged
          UPDATE events SET session = 2, sequence = 2 WHERE session = 1 AND sequence = 5 | 5 | missing
          """)
  void namesTheFirstBrokenLink(String statement, long sequence, String words) throws Exception {
    TestingSql.run(home, statement);
    assertBroken(sequence, words);
  }

  @Test
  void noticesReorderedEvents() throws Exception {
    TestingSql.run(
        home,
        "UPDATE events SET sequence = 99 WHERE session = 1 AND sequence = 2",
        "UPDATE events SET sequence = 2 WHERE session = 1 AND sequence = 4",
        "UPDATE events SET sequence = 4 WHERE session = 1 AND sequence = 99");
    assertBroken(2, "link");
  }

  @Test
  void noticesALogThatWasGivenToAnotherSession() throws Exception {
    TestingSql.run(
        home,
        "UPDATE sessions SET id = 'sesn_was1' WHERE number = 1",
        "UPDATE sessions SET id = '%s' WHERE number = 2".formatted(id));
    assertBroken(1, "link");
  }

  private void assertBroken(long sequence, String words) {
    Verification verification = verify();
    assertThat(verification.intact()).isFalse();
    assertThat(verification.entries()).isEqualTo(sequence - 1);
    BrokenLink broken = verification.broken().orElseThrow();
    assertThat(broken.sequence()).isEqualTo(sequence);
    assertThat(broken.reason()).contains(words);
  }
}
