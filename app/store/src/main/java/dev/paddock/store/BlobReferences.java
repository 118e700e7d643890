package dev.paddock.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which blobs are in use. Whatever looks like a blob's address in a stored document counts as a
 * reference: 64 lower-case hexadecimal digits with none before or after.
 */
final class BlobReferences {
  private static final int LENGTH = 64;

  private BlobReferences() {}

  static void ofEvent(Transaction tx, long session, long position, Set<String> blobs, Instant now)
      throws SQLException {
    add(tx, blobs, session, 0, position, now);
  }

  /** Those of a session's document, instead of the ones it had. */
  static void ofSession(Transaction tx, long session, EncodedDocument document)
      throws SQLException {
    replace(tx, session, 0, document);
  }

  /** Those of a resource's document, instead of the ones it had. */
  static void ofResource(Transaction tx, long resource, EncodedDocument document)
      throws SQLException {
    replace(tx, 0, resource, document);
  }

  private static void replace(Transaction tx, long session, long resource, EncodedDocument document)
      throws SQLException {
    tx.update(
        "DELETE FROM blob_references WHERE session = ? AND resource = ? AND position = 0",
        session,
        resource);
    add(tx, document.blobs(), session, resource, 0, document.now());
  }

  private static void add(
      Transaction tx, Set<String> blobs, long session, long resource, long position, Instant now)
      throws SQLException {
    for (String sha256 : blobs) {
      tx.update(
          "INSERT INTO blob_references VALUES (?, ?, ?, ?, ?)",
          sha256,
          session,
          resource,
          position,
          now.toEpochMilli());
    }
  }

  static Set<String> in(byte[] json) {
    Set<String> found = Set.of();
    // Such a run covers a multiple of its length: only there is looked, then at the run's ends.
    int probe = LENGTH - 1;
    while (probe < json.length) {
      if (!isDigit(json[probe])) {
        probe += LENGTH;
        continue;
      }
      int start = probe;
      while (start > 0 && isDigit(json[start - 1])) {
        start--;
      }
      int end = probe + 1;
      while (end < json.length && isDigit(json[end])) {
        end++;
      }
      if (end - start == LENGTH) {
        found = found.isEmpty() ? new LinkedHashSet<>() : found;
        found.add(new String(json, start, LENGTH, StandardCharsets.US_ASCII));
      }
      probe = end + LENGTH - 1;
    }
    return found;
  }

  private static boolean isDigit(byte b) {
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
  }
}
