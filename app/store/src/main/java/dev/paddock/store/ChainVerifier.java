package dev.paddock.store;

import dev.paddock.core.SessionId;
import dev.paddock.store.Verification.BrokenLink;
import dev.paddock.store.Verification.Redaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Recomputes a session's chain from what is stored. */
final class ChainVerifier {
  private static final String UNANNOUNCED =
      "its content was changed or taken out, and no notice in the log says so";

  private final Readers readers;

  ChainVerifier(Readers readers) {
    this.readers = readers;
  }

  Verification verify(SessionId id) {
    // One state, so that an append between the two queries breaks nothing.
    return readers.snapshot(sql -> new Walk(id).walk(sql));
  }

  /** An event as it stands in the database. */
  private record Row(
      long sequence,
      String id,
      String type,
      long recordedAt,
      String principal,
      Optional<String> signature,
      Bytes stored,
      Bytes digest,
      Bytes link,
      long redactedBy) {

    boolean redacted() {
      return redactedBy > 0;
    }
  }

  /** A redaction whose notice comes later in the log. */
  private record Pending(long sequence, String event, String replacement) {}

  private static final List<Pending> NONE = List.of();

  /** Where the chain stood at its last acknowledged append. */
  private record Anchor(long session, long sequence, Bytes link) {}

  private static final class Walk {
    private final SessionId session;
    private final Map<Long, List<Pending>> pending = new HashMap<>();
    private final List<Redaction> redactions = new ArrayList<>();
    private Optional<BrokenLink> broken = Optional.empty();
    private Anchor anchor = new Anchor(0, 0, Bytes.of(new byte[0]));
    private Bytes link;
    private long sequence;

    Walk(SessionId session) {
      this.session = session;
      this.link = Chain.root(session);
    }

    Verification walk(SqlConnection sql) throws SQLException {
      anchor =
          sql.first(
                  "SELECT s.number, coalesce(a.sequence, 0), a.link FROM sessions s"
                      + " LEFT JOIN anchors a ON a.session = s.number WHERE s.id = ?",
                  row ->
                      new Anchor(
                          row.getLong(1),
                          row.getLong(2),
                          Optional.ofNullable(row.getBytes(3)).map(Bytes::of).orElse(link)),
                  session.value())
              .orElseThrow(() -> SessionLog.noSession(session));
      sql.visit(
          "SELECT sequence, id, type, recorded_at, principal, signature, stored, digest, link,"
              + " redacted_by FROM events WHERE session = ? ORDER BY sequence",
          row ->
              check(
                  new Row(
                      row.getLong(1),
                      row.getString(2),
                      row.getString(3),
                      row.getLong(4),
                      row.getString(5),
                      Optional.ofNullable(row.getString(6)),
                      Bytes.of(row.getBytes(7)),
                      Bytes.of(row.getBytes(8)),
                      Bytes.of(row.getBytes(9)),
                      row.getLong(10))),
          anchor.session());
      if (broken.isEmpty() && sequence < anchor.sequence()) {
        fail(
            sequence + 1,
            "the event is missing: the log was acknowledged up to %d".formatted(anchor.sequence()));
      }
      if (broken.isEmpty()) {
        pending.values().stream()
            .flatMap(List::stream)
            .min(Comparator.comparingLong(Pending::sequence))
            .ifPresent(p -> fail(p.sequence(), UNANNOUNCED));
      }
      return new Verification(
          session,
          broken.map(at -> at.sequence() - 1).orElse(sequence),
          broken,
          redactions.stream().sorted(Comparator.comparingLong(Redaction::sequence)).toList());
    }

    /** False at the first link that does not hold. */
    private boolean check(Row row) {
      long expected = sequence + 1;
      if (row.sequence() != expected) {
        return fail(expected, "the event is missing; the next one is %d".formatted(row.sequence()));
      }
      if (!row.redacted() && !row.stored().sha256().equals(row.digest())) {
        return fail(expected, "its stored bytes do not match their digest");
      }
      if (!Chain.link(link, expected, row.digest()).equals(row.link())) {
        return fail(expected, "its link does not follow from the one before and its digest");
      }
      if (expected == anchor.sequence() && !row.link().equals(anchor.link())) {
        return fail(expected, "its link is not the one that was acknowledged");
      }
      EventRecord record;
      try {
        record = EventRecord.decode(row.stored(), "event %d of %s".formatted(expected, session));
      } catch (StoreException e) {
        return fail(expected, e.getMessage());
      }
      if (!matches(row, record)) {
        return fail(expected, "its columns do not match its stored bytes");
      }
      if (row.redacted()) {
        pending
            .computeIfAbsent(row.redactedBy(), notice -> new ArrayList<>())
            .add(new Pending(expected, row.id(), row.stored().sha256().hex()));
      }
      for (Pending redaction : Objects.requireNonNullElse(pending.remove(expected), NONE)) {
        if (!confirm(redaction, record)) {
          return false;
        }
      }
      sequence = expected;
      link = row.link();
      return true;
    }

    private static boolean matches(Row row, EventRecord record) {
      return row.id().equals(record.event().id().value())
          && row.type().equals(record.event().type())
          && row.recordedAt() == record.recordedAt().toEpochMilli()
          && row.principal().equals(record.principalText())
          && row.signature().equals(record.signatureText());
    }

    /** Whether the event that follows next is the notice of this redaction. */
    private boolean confirm(Pending redaction, EventRecord record) {
      Optional<RedactionNotice> notice = RedactionNotice.from(record.event());
      boolean announced =
          notice.isPresent()
              && notice.get().sequence() == redaction.sequence()
              && notice.get().event().value().equals(redaction.event())
              && notice.get().replacement().equals(redaction.replacement());
      if (announced) {
        redactions.add(
            new Redaction(
                redaction.sequence(), notice.get().event(), sequence + 1, notice.get().reason()));
        return true;
      }
      return fail(redaction.sequence(), UNANNOUNCED);
    }

    private boolean fail(long at, String reason) {
      broken = Optional.of(new BrokenLink(at, reason));
      return false;
    }
  }
}
