package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The files that every dialect shares. */
final class Files {
  static final String KIND = "file";

  private final Resources resources;
  private final Blobs blobs;
  private final Clock clock;

  Files(Platform platform) {
    resources = platform.resources();
    blobs = platform.blobs();
    clock = platform.clock();
  }

  /** What a new file is; its bytes are a blob already. */
  record NewFile(
      String name,
      String mimeType,
      String sha256,
      long size,
      String purpose,
      Optional<Duration> lifetime) {}

  Resource create(WorkspaceId workspace, NewFile file) {
    Instant now = clock.instant();
    String id = Ids.next(KIND);
    ObjectNode document =
        Json.object()
            .put("id", id)
            .put("filename", file.name())
            .put("mime_type", file.mimeType())
            .put("size_bytes", file.size())
            .put("sha256", file.sha256())
            .put("created_at", now.toString())
            .put("downloadable", true)
            .put("purpose", file.purpose());
    file.lifetime().ifPresent(time -> document.put("expires_at", now.plus(time).toString()));
    return resources.create(KIND, id, workspace, document);
  }

  /** A file that is there, has not expired and belongs to the workspace. */
  Resource find(WorkspaceId workspace, String id) {
    return resources
        .find(KIND, id)
        .filter(file -> file.workspaceId().equals(workspace) && isCurrent(file))
        .orElseThrow(() -> ServerException.notFound("No such File object: " + Refusal.shown(id)));
  }

  boolean isCurrent(Resource file) {
    return expiry(file).map(at -> clock.instant().isBefore(at)).orElse(true);
  }

  static Optional<Instant> expiry(Resource file) {
    JsonNode at = file.document().path("expires_at");
    if (at.isIntegralNumber()) {
      return Optional.of(Instant.ofEpochSecond(at.longValue()));
    }
    try {
      return Optional.ofNullable(at.textValue()).map(Instant::parse);
    } catch (DateTimeException e) {
      throw new ServerException(
          ErrorCode.CORRUPT, "the file %s has no readable expires_at".formatted(file.id()));
    }
  }

  ObjectNode page(WorkspaceId workspace, Pages.Query query, Optional<String> purpose) {
    return Pages.of(
        resources,
        KIND,
        workspace,
        query,
        file -> isCurrent(file) && purpose.map(p -> p.equals(purpose(file))).orElse(true),
        Files::json);
  }

  boolean delete(Resource file) {
    return resources.delete(KIND, file.id());
  }

  InputStream open(Resource file) throws IOException {
    return blobs.open(file.document().path("sha256").asText()).orElseThrow(() -> lost(file));
  }

  byte[] read(Resource file, long maxBytes) {
    return blobs
        .read(file.document().path("sha256").asText(), maxBytes)
        .orElseThrow(() -> lost(file));
  }

  private static ServerException lost(Resource file) {
    return new ServerException(
        ErrorCode.CORRUPT, "the bytes of the file %s are not in the store".formatted(file.id()));
  }

  /** Files that a session left behind have no purpose of their own. */
  static String purpose(Resource file) {
    return file.document().path("purpose").asText("assistants_output");
  }

  static ObjectNode json(Resource file) {
    ObjectNode out =
        Json.object()
            .put("id", file.id())
            .put("object", "file")
            .put("bytes", file.document().path("size_bytes").asLong())
            .put("created_at", file.createdAt().getEpochSecond());
    expiry(file).ifPresent(at -> out.put("expires_at", at.getEpochSecond()));
    return out.put("filename", file.document().path("filename").asText())
        .put("purpose", purpose(file))
        .put("status", "processed");
  }
}
