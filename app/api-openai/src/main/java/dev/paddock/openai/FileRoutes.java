package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Files by OpenAI's names for what is known of them. */
final class FileRoutes {
  private static final Set<String> PURPOSES =
      Set.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
  private static final int MAX_PAGE = 10_000;
  private static final int MAX_NAME = 255;
  private static final long MIN_SECONDS = 3_600;
  private static final long MAX_SECONDS = 2_592_000;

  private final Files files;

  FileRoutes(Files files) {
    this.files = files;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/files", this::create).with(Route.Limits.UPLOAD),
        Route.get("/v1/files", this::list),
        Route.get("/v1/files/{id}", this::retrieve),
        Route.get("/v1/files/{id}/content", this::content),
        Route.delete("/v1/files/{id}", this::delete));
  }

  private Reply create(Request request) throws IOException {
    Optional<Request.Part> upload = Optional.empty();
    Map<String, String> fields = new HashMap<>();
    for (Request.Part part : request.multipart()) {
      if (part.name().equals("file") && part.sha256().isPresent()) {
        upload = Optional.of(part);
      } else {
        part.text().ifPresent(text -> fields.put(part.name(), text));
      }
    }
    Request.Part file = upload.orElseThrow(() -> Refusal.missing("file"));
    String purpose = Optional.ofNullable(fields.remove("purpose")).orElse("");
    if (purpose.isEmpty()) {
      throw Refusal.missing("purpose");
    }
    if (!PURPOSES.contains(purpose)) {
      throw Refusal.value("purpose", purpose, "one of " + String.join(", ", PURPOSES));
    }
    Optional<Duration> lifetime = lifetime(fields);
    fields.keySet().stream()
        .findFirst()
        .ifPresent(
            name -> {
              throw Refusal.of(
                  Refusal.shown(name),
                  "unknown_parameter",
                  "Unrecognized request argument supplied: " + Refusal.shown(name));
            });
    Files.NewFile made =
        new Files.NewFile(
            name(file.fileName().orElse("")),
            file.contentType().filter(type -> type.length() < MAX_NAME).orElse(OCTETS),
            file.sha256().orElseThrow(),
            file.size(),
            purpose,
            lifetime);
    return Reply.ok(Files.json(files.create(request.caller().workspace(), made)));
  }

  private static final String OCTETS = "application/octet-stream";

  private static Optional<Duration> lifetime(Map<String, String> fields) {
    String anchor = fields.remove("expires_after[anchor]");
    String seconds = fields.remove("expires_after[seconds]");
    if (anchor == null && seconds == null) {
      return Optional.empty();
    }
    if (!"created_at".equals(anchor)) {
      throw Refusal.value("expires_after.anchor", anchor == null ? "" : anchor, "created_at");
    }
    long value = seconds != null && seconds.matches("\\d{1,9}") ? Long.parseLong(seconds) : 0;
    if (value < MIN_SECONDS || value > MAX_SECONDS) {
      throw Refusal.value(
          "expires_after.seconds",
          seconds == null ? "" : seconds,
          "%d to %d".formatted(MIN_SECONDS, MAX_SECONDS));
    }
    return Optional.of(Duration.ofSeconds(value));
  }

  /** The last part of the name that was sent, which may hold anything. */
  private static String name(String sent) {
    String last = sent.substring(Math.max(sent.lastIndexOf('/'), sent.lastIndexOf('\\')) + 1);
    String clean = last.replaceAll("\\p{Cntrl}", "").strip();
    String named = clean.isEmpty() || clean.matches("\\.+") ? "upload" : clean;
    return named.length() > MAX_NAME ? named.substring(0, MAX_NAME) : named;
  }

  private Reply list(Request request) {
    return Reply.ok(
        files.page(
            request.caller().workspace(),
            Pages.Query.of(request.head(), MAX_PAGE, MAX_PAGE, Order.DESCENDING),
            request.head().query("purpose")));
  }

  private Resource file(Request request) {
    return files.find(request.caller().workspace(), request.parameter("id"));
  }

  private Reply retrieve(Request request) {
    return Reply.ok(Files.json(file(request)));
  }

  private Reply content(Request request) throws IOException {
    Resource file = file(request);
    return Reply.download(OCTETS, files.open(file), file.document().path("size_bytes").asLong(-1));
  }

  private Reply delete(Request request) {
    Resource file = file(request);
    files.delete(file);
    ObjectNode out = Json.object().put("id", file.id()).put("object", "file").put("deleted", true);
    return Reply.ok(out);
  }
}
