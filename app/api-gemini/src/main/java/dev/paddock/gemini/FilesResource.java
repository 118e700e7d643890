package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1beta/environments/{id}/files} and its twin for uploads. */
final class FilesResource {
  private static final String PATH = "/environments/{id}/files";
  private static final String SEGMENT = "/files";
  private static final int PAGE = 1000;

  private final Platform platform;
  private final Environments environments;
  private final Uploads uploads;

  FilesResource(Platform platform, Environments environments) {
    this.platform = platform;
    this.environments = environments;
    this.uploads = new Uploads(platform, Route.Limits.UPLOAD.bodyBytes());
  }

  List<Route> routes(String root) {
    String path = root + PATH;
    Route upload =
        Route.post("/upload" + path + "/{path**}", this::upload).with(Route.Limits.UPLOAD);
    return List.of(
        Route.get(path, this::get),
        Route.get(path + "/", this::get),
        Route.get(path + "/{path**}", this::get),
        upload,
        new Route("PUT", upload.path(), upload.scope(), upload.limits(), upload.handler()));
  }

  private static String path(Request request) {
    String whole = request.head().path();
    int at = whole.indexOf(SEGMENT, whole.indexOf("/environments/") + "/environments/".length());
    String rest = whole.substring(at + SEGMENT.length()).replace("%2F", "/");
    return rest.startsWith("/") ? rest.substring(1) : rest;
  }

  private Reply get(Request request) throws IOException {
    Resource environment = environments.require(request.parameter("id"), request.caller());
    WorkspaceFiles files = platform.runner().workspaceFiles(environment.id());
    String path = FilePath.read(path(request), "path");
    WorkspaceFiles.Entry entry =
        files
            .entry(path)
            .orElseThrow(
                () ->
                    ServerException.notFound(
                        "there is no file \"%s\"".formatted(Fields.shown(path))));
    String alt = request.head().query("alt").orElse("json");
    return switch (alt) {
      case "json" -> list(request, files, entry);
      case "media" -> download(files, entry);
      default -> throw ServerException.invalid("alt", "must be json or media");
    };
  }

  private static Reply download(WorkspaceFiles files, WorkspaceFiles.Entry entry)
      throws IOException {
    if (entry.isFolder()) {
      throw ServerException.invalid("path", "is a folder; only files can be downloaded");
    }
    return Reply.download("application/octet-stream", files.open(entry.path()), -1);
  }

  private static Reply list(Request request, WorkspaceFiles files, WorkspaceFiles.Entry at) {
    ObjectNode out = Json.object();
    ArrayNode page = out.putArray("files");
    if (!at.isFolder()) {
      page.add(view(at));
      return Reply.ok(out);
    }
    int size = Query.pageSize(request, PAGE, PAGE);
    String after = Query.pageToken(request).map(FilesResource::readToken).orElse("");
    List<WorkspaceFiles.Entry> rest =
        files.list(at.path(), Query.flag(request, "recursive")).stream()
            .filter(entry -> entry.path().compareTo(after) > 0)
            .limit(size + 1L)
            .toList();
    rest.stream().limit(size).forEach(entry -> page.add(view(entry)));
    if (rest.size() > size) {
      out.put("next_page_token", writeToken(rest.get(size - 1).path()));
    }
    return Reply.ok(out);
  }

  private static String writeToken(String path) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(path.getBytes(StandardCharsets.UTF_8));
  }

  private static String readToken(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ServerException.invalid("page_token", "was not given out here");
    }
  }

  private static ObjectNode view(WorkspaceFiles.Entry entry) {
    String path = entry.path();
    ObjectNode out = Json.object().put("name", path.substring(path.lastIndexOf('/') + 1));
    out.put("path", path).put("type", entry.isFolder() ? "directory" : "file");
    out.put("size_bytes", Long.toString(entry.size()));
    out.put("modified", InteractionView.time(entry.modified()));
    if (!entry.isFolder()) {
      out.put("mime_type", MimeTypes.of(path));
    }
    return out;
  }

  private Reply upload(Request request) throws IOException {
    Resource environment = environments.require(request.parameter("id"), request.caller());
    String path = FilePath.ofFile(path(request), "path");
    if (Query.flag(request, "extract")) {
      throw Fields.missing("extract", "unpacking an archive");
    }
    String protocol = header(request, "x-goog-upload-protocol").orElse("");
    Optional<String> upload = request.head().query("upload_id");
    if (upload.isPresent()) {
      Resource known = uploads.require(upload.get(), environment, path, request.caller());
      return goOn(request, environment, known);
    }
    return switch (protocol) {
      case "resumable" -> begin(request, environment, path);
      case "raw", "" -> whole(request, environment, path);
      default ->
          throw ServerException.invalid("x-goog-upload-protocol", "must be resumable or raw");
    };
  }

  private static Optional<String> header(Request request, String name) {
    return request.head().header(name).map(String::strip);
  }

  private Reply begin(Request request, Resource environment, String path) {
    if (!header(request, "x-goog-upload-command").equals(Optional.of("start"))) {
      throw ServerException.invalid("x-goog-upload-command", "must be start");
    }
    boolean overwrite = overwrite(request);
    Uploads.requirePlace(platform.runner().workspaceFiles(environment.id()), path, overwrite);
    Optional<Long> size =
        header(request, "x-goog-upload-header-content-length").map(FilesResource::size);
    String id = uploads.begin(environment, path, size, overwrite, request.caller());
    String query = "?upload_id=" + id;
    String url = request.origin() + encoded(request.head().path()) + query;
    return new Reply.Json(
        200,
        Map.of(
            "x-goog-upload-url", url,
            "x-goog-upload-status", "active",
            "x-goog-upload-chunk-granularity", "1"),
        Json.object());
  }

  private static boolean overwrite(Request request) {
    return request.head().query("overwrite").isEmpty() || Query.flag(request, "overwrite");
  }

  /** The path as it stands in an address. */
  private static String encoded(String path) {
    StringBuilder out = new StringBuilder();
    for (byte b : path.replace("%2F", "/").getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b == '/'
              || b == '-'
              || b == '.'
              || b == '_'
              || b == '~'
              || (b >= '0' && b <= '9')
              || (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z');
      out.append(plain ? Character.toString(b) : "%%%02X".formatted(b & 0xff));
    }
    return out.toString();
  }

  private static long size(String text) {
    if (!text.matches("\\d{1,18}")) {
      throw ServerException.invalid(
          "x-goog-upload-header-content-length", "must be a number of bytes");
    }
    return Long.parseLong(text);
  }

  private Reply goOn(Request request, Resource environment, Resource upload) throws IOException {
    String command = header(request, "x-goog-upload-command").orElse("").replace(" ", "");
    return switch (command) {
      case "query" -> reply("active", Uploads.received(upload), Json.object());
      case "cancel" -> {
        uploads.cancel(upload);
        yield reply("cancelled", 0, Json.object());
      }
      case "upload", "upload,finalize", "finalize" -> {
        Resource now =
            command.equals("finalize")
                ? upload
                : uploads.take(upload, offset(request), request.stream());
        if (command.equals("upload")) {
          yield reply("active", Uploads.received(now), Json.object());
        }
        WorkspaceFiles files = platform.runner().workspaceFiles(environment.id());
        uploads.finish(now, files);
        yield reply(
            "final", Uploads.received(now), placed(files, now.document().path("path").asText()));
      }
      default ->
          throw ServerException.invalid(
              "x-goog-upload-command", "must be upload, finalize, query or cancel");
    };
  }

  private static long offset(Request request) {
    String text = header(request, "x-goog-upload-offset").orElse("0");
    if (!text.matches("\\d{1,18}")) {
      throw ServerException.invalid("x-goog-upload-offset", "must be a number of bytes");
    }
    return Long.parseLong(text);
  }

  private static Reply reply(String status, long received, ObjectNode body) {
    return new Reply.Json(
        200,
        Map.of(
            "x-goog-upload-status", status, "x-goog-upload-size-received", Long.toString(received)),
        body);
  }

  private static ObjectNode placed(WorkspaceFiles files, String path) {
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("files");
    files.entry(path).ifPresent(entry -> list.add(view(entry)));
    return out;
  }

  /** The body is the file. */
  private Reply whole(Request request, Resource environment, String path) throws IOException {
    WorkspaceFiles files = platform.runner().workspaceFiles(environment.id());
    Uploads.requirePlace(files, path, overwrite(request));
    files.write(path, request.stream());
    if (files.entry(path).isEmpty()) {
      throw new ServerException(ErrorCode.CONFLICT, "the file was removed at once");
    }
    return reply("final", 0, placed(files, path));
  }
}
