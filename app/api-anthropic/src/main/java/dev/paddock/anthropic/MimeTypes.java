package dev.paddock.anthropic;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Media types as clients send them. */
final class MimeTypes {
  private static final String BINARY = "application/octet-stream";
  private static final Map<String, String> EXTENSIONS =
      Map.of(
          "text/plain", ".txt",
          "text/csv", ".csv",
          "text/markdown", ".md",
          "text/html", ".html",
          "application/json", ".json",
          "application/pdf", ".pdf",
          "image/png", ".png",
          "image/jpeg", ".jpg",
          "image/gif", ".gif",
          "application/zip", ".zip");

  private MimeTypes() {}

  /** Type and subtype without parameters; what is none is binary. */
  static String of(Optional<String> sent) {
    String type = sent.orElse(BINARY).split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.matches("[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}") ? type : BINARY;
  }

  static String extension(String type) {
    return EXTENSIONS.getOrDefault(type, "");
  }
}
