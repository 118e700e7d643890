package dev.paddock.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of a backup: a ZIP file, nothing in it compressed. */
final class Archive {
  static final int FORMAT = 1;
  static final String MANIFEST = "manifest.json";
  static final int MAX_MANIFEST = 64 << 10;
  private static final Pattern BLOB = Pattern.compile("files/sha256/([0-9a-f]{64})");

  private Archive() {}

  /**
   * The last entry; an archive that has it is whole.
   *
   * @param schema the database's version
   */
  record Manifest(
      int format,
      int schema,
      @JsonProperty("created_at") Instant createdAt,
      @JsonProperty("database_sha256") String databaseSha256,
      long blobs) {}

  static String blobName(String sha256) {
    return "files/sha256/" + sha256;
  }

  static Matcher blob(String name) {
    return BLOB.matcher(name);
  }
}
