package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.TimeRange;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Files on their way into an environment, by the vendor's resumable protocol: begun once, sent in
 * pieces that are safe when they are acknowledged, and put in place with the last one.
 */
final class Uploads {
  private static final String KIND = "interaction_upload";
  private static final String PREFIX = "upload";
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int MOST_PIECES = 10_000;
  private static final int SWEEP = 100;

  private final Platform platform;
  private final long mostBytes;

  Uploads(Platform platform, long mostBytes) {
    this.platform = platform;
    this.mostBytes = mostBytes;
  }

  /** Begins one; the answer is its id. */
  String begin(
      Resource environment, String path, Optional<Long> size, boolean overwrite, Caller caller) {
    sweep();
    if (size.isPresent() && size.get() > mostBytes) {
      throw tooLarge();
    }
    String id = Ids.next(PREFIX);
    ObjectNode document = Json.object();
    document.put("environment", environment.id()).put("path", path).put("overwrite", overwrite);
    size.ifPresent(bytes -> document.put("size", bytes));
    document.put("received", 0L).putArray("pieces");
    platform.resources().create(KIND, id, caller.workspace(), document);
    return id;
  }

  private ServerException tooLarge() {
    return new ServerException(
        ErrorCode.LIMIT_EXCEEDED, "a file has at most %,d bytes".formatted(mostBytes));
  }

  /** Begun long ago and never finished: the client has given up. */
  private void sweep() {
    TimeRange old = TimeRange.ANY.withBefore(platform.clock().instant().minus(KEPT));
    platform
        .resources()
        .list(ResourceFilter.newest(KIND, SWEEP).withCreated(old))
        .forEach(upload -> platform.resources().delete(KIND, upload.id()));
  }

  Resource require(String id, Resource environment, String path, Caller caller) {
    return platform
        .resources()
        .find(KIND, id)
        .filter(found -> found.workspaceId().equals(caller.workspace()))
        .filter(found -> found.document().path("environment").asText().equals(environment.id()))
        .filter(found -> found.document().path("path").asText().equals(path))
        .orElseThrow(() -> ServerException.notFound("there is no such upload; begin again"));
  }

  static long received(Resource upload) {
    return upload.document().path("received").asLong();
  }

  /** Takes the piece that begins at {@code offset}; one that was taken before is skipped. */
  Resource take(Resource upload, long offset, InputStream bytes) throws IOException {
    long received = received(upload);
    if (offset != received) {
      throw new ServerException(
              ErrorCode.CONFLICT,
              "the next piece begins at %d, not at %d".formatted(received, offset))
          .withStatus(400);
    }
    Counted counted = new Counted(bytes);
    String sha256 = platform.blobs().put(counted);
    ObjectNode document = upload.document().deepCopy();
    ArrayNode pieces = document.withArrayProperty("pieces");
    if (counted.count() > 0) {
      pieces.add(sha256);
    }
    document.put("received", received + counted.count());
    Optional<Long> size = size(document);
    if (received + counted.count() > size.orElse(mostBytes) || pieces.size() > MOST_PIECES) {
      throw size.isPresent()
          ? ServerException.invalid(
              "x-goog-upload-header-content-length",
              "more bytes came than the %d that were announced".formatted(size.get()))
          : tooLarge();
    }
    return platform
        .resources()
        .apply(List.of(new Change.Update(KIND, upload.id(), upload.version(), document)))
        .getFirst();
  }

  private static Optional<Long> size(ObjectNode document) {
    return document.hasNonNull("size")
        ? Optional.of(document.get("size").asLong())
        : Optional.empty();
  }

  /** Puts the file in its place. */
  void finish(Resource upload, WorkspaceFiles files) throws IOException {
    ObjectNode document = upload.document();
    Optional<Long> size = size(document);
    if (size.isPresent() && size.get() != received(upload)) {
      throw ServerException.invalid(
          "x-goog-upload-command",
          "finalize came after %d of %d bytes".formatted(received(upload), size.get()));
    }
    String path = document.path("path").asText();
    requirePlace(files, path, document.path("overwrite").asBoolean());
    List<InputStream> pieces = new ArrayList<>();
    try {
      for (JsonNode piece : document.path("pieces")) {
        pieces.add(open(piece.asText()));
      }
      try (InputStream whole = new SequenceInputStream(Collections.enumeration(pieces))) {
        files.write(path, whole);
      }
    } finally {
      for (InputStream piece : pieces) {
        piece.close();
      }
    }
    cancel(upload);
  }

  /** Refuses a path where no file can be put. */
  static void requirePlace(WorkspaceFiles files, String path, boolean overwrite) {
    Environments.requireRoom(files, path);
    if (!overwrite && files.entry(path).isPresent()) {
      throw new ServerException(
          ErrorCode.CONFLICT,
          "there is a file \"%s\" already; send overwrite=true".formatted(Fields.shown(path)));
    }
  }

  private InputStream open(String sha256) throws IOException {
    return platform
        .blobs()
        .open(sha256)
        .orElseThrow(
            () ->
                new ServerException(
                    ErrorCode.CORRUPT, "a piece of the upload is gone; begin again"));
  }

  void cancel(Resource upload) {
    platform.resources().delete(KIND, upload.id());
  }
}
