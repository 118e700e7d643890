package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /v1/files}: uploaded ones, and those that sessions left. */
final class FilesResource {
  static final String KIND = "file";
  private static final int MAX_NAME = 255;
  private static final int MAX_IDS = 100;
  private static final long MIN_LIFE = 3_600;
  private static final long MAX_LIFE = 7_776_000;

  private final Platform platform;
  private final Records records;

  FilesResource(Platform platform, Records records) {
    this.platform = platform;
    this.records = records;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/files", this::upload).with(Route.Limits.UPLOAD),
        Route.get("/v1/files", this::list),
        Route.get("/v1/files/{id}", this::retrieve),
        Route.get("/v1/files/{id}/content", this::download),
        Route.delete("/v1/files/{id}", this::delete));
  }

  private Reply upload(Request request) throws IOException {
    Optional<Request.Part> file = Optional.empty();
    Optional<Long> life = Optional.empty();
    for (Request.Part part : request.multipart()) {
      switch (part.name()) {
        case "file" -> {
          if (file.isPresent() || part.sha256().isEmpty()) {
            throw ServerException.invalid("file", "must be one file");
          }
          file = Optional.of(part);
        }
        case "expires_in_seconds" -> life = Optional.of(life(part.text().orElse("")));
        case "purpose" -> {
          // Other vendors' clients send it; it means nothing here.
        }
        default -> throw ServerException.invalid(Texts.shortened(part.name()), "unknown field");
      }
    }
    Request.Part part = file.orElseThrow(() -> ServerException.invalid("file", "is required"));
    String id = Ids.next("file");
    Instant now = platform.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    ObjectNode document = Json.object().put("id", id);
    String type = MimeTypes.of(part.contentType());
    document.put("filename", name(part.fileName(), type)).put("mime_type", type);
    document.put("size_bytes", part.size()).put("sha256", part.sha256().orElseThrow());
    document.put("created_at", now.toString()).put("downloadable", true);
    document.put("expires_at", life.map(s -> now.plusSeconds(s).toString()).orElse(null));
    records.create(request.caller(), KIND, id, document);
    return Reply.ok(wire(document));
  }

  private static long life(String text) {
    try {
      long seconds = Long.parseLong(text.strip());
      if (seconds >= MIN_LIFE && seconds <= MAX_LIFE) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      throw ServerException.invalid("expires_in_seconds", "must be an integer");
    }
    throw ServerException.invalid(
        "expires_in_seconds", "must be from %d to %d".formatted(MIN_LIFE, MAX_LIFE));
  }

  /** The last component of what was sent, without characters that mean something to someone. */
  private static String name(Optional<String> sent, String type) {
    String name = sent.orElse("");
    name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).strip();
    StringBuilder clean = new StringBuilder();
    name.codePoints()
        .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE)
        .limit(MAX_NAME)
        .forEach(clean::appendCodePoint);
    boolean nothing = clean.isEmpty() || clean.toString().matches("\\.{1,2}");
    return nothing ? "unnamed" + MimeTypes.extension(type) : clean.toString();
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    List<String> ids = query.texts("ids", MAX_IDS);
    if (!ids.isEmpty()) {
      if (query.text("page").isPresent() || query.text("limit").isPresent()) {
        throw ServerException.invalid("ids", "cannot be combined with page or limit");
      }
      List<JsonNode> found = new ArrayList<>();
      for (String id : ids) {
        records
            .find(request.caller(), KIND, id)
            .filter(file -> !expired(file, records.clock()))
            .ifPresent(file -> found.add(wire(file.document())));
      }
      return Records.page(found, Optional.empty());
    }
    ResourceFilter filter = Records.filter(request.caller(), KIND);
    Optional<String> scope = query.id("scope_id");
    return records.list(
        request,
        scope.isPresent() ? filter.withMatching("scope.id", scope.get()) : filter,
        file -> wire(file.document()));
  }

  private Resource file(Request request) {
    return records.get(request.caller(), KIND, request.parameter("id"));
  }

  private Reply retrieve(Request request) {
    return Reply.ok(wire(file(request).document()));
  }

  private Reply download(Request request) throws IOException {
    Resource file = file(request);
    JsonNode document = file.document();
    if (!document.path("downloadable").asBoolean(true)) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, "the file cannot be downloaded")
          .withDetailCode("file_not_downloadable");
    }
    if (expired(file, records.clock())) {
      throw ServerException.notFound("the file has expired").withDetailCode("file_expired");
    }
    InputStream bytes =
        platform
            .blobs()
            .open(document.path("sha256").asText())
            .orElseThrow(() -> ServerException.notFound("the file's content is gone"));
    return Reply.download(
        document.path("mime_type").asText("application/octet-stream"),
        bytes,
        document.path("size_bytes").asLong(-1));
  }

  private Reply delete(Request request) {
    String id = file(request).id();
    records.delete(KIND, id);
    return Records.deleted(id, "file_deleted");
  }

  static boolean expired(Resource file, Clock clock) {
    JsonNode until = file.document().path("expires_at");
    return until.isTextual() && !clock.instant().isBefore(Instant.parse(until.textValue()));
  }

  private static ObjectNode wire(JsonNode file) {
    ObjectNode wire = Json.object().put("id", file.path("id").asText()).put("type", "file");
    for (String key : List.of("filename", "mime_type", "size_bytes", "created_at")) {
      wire.set(key, file.path(key));
    }
    wire.put("downloadable", file.path("downloadable").asBoolean(true));
    wire.put("expires_at", file.path("expires_at").textValue());
    wire.set("scope", file.path("scope").isObject() ? file.path("scope") : null);
    if (file.path("path").isTextual()) {
      wire.set("path", file.path("path"));
    }
    return wire;
  }
}
