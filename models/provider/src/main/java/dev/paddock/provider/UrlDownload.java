package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches a file over HTTP and goes on where an earlier try stopped, if the server still has the
 * same file (RFC 9110, range requests with {@code If-Range}).
 */
final class UrlDownload {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d+|\\*)");
  private static final int TRIES = 5;

  private final Duration idle;
  private final Duration pause;
  private final long maxBytes;

  UrlDownload(Duration idle, Duration pause, long maxBytes) {
    this.idle = idle;
    this.pause = pause;
    this.maxBytes = maxBytes;
  }

  /** Redirects are followed, never from https to http. */
  private static final class Client {
    static final HttpClient SHARED =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(15))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /** Leaves the whole file at {@code part}. */
  void fetch(URI url, Path part, PullProgress progress) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        tryFetch(url, part, progress);
        return;
      } catch (ModelException e) {
        if (!e.retryable() || attempt == TRIES) {
          throw e;
        }
        Thread.sleep(pause.multipliedBy(attempt));
      }
    }
  }

  private void tryFetch(URI url, Path part, PullProgress progress) throws InterruptedException {
    Path told = note(part);
    try {
      Optional<String> validator = validator(told, url);
      long have = validator.isPresent() && Files.exists(part) ? Files.size(part) : 0;
      HttpRequest.Builder request =
          HttpRequest.newBuilder(url).version(HttpClient.Version.HTTP_1_1).GET();
      if (have > 0) {
        request.header("range", "bytes=" + have + "-").header("if-range", validator.orElseThrow());
      }
      HttpResponse<ResponseBody> response = send(request.build());
      try {
        receive(url, response, part, told, have, progress);
      } finally {
        response.body().cancel();
      }
    } catch (IOException e) {
      throw LocalModelFiles.failed(part, e);
    }
  }

  private HttpResponse<ResponseBody> send(HttpRequest request) throws InterruptedException {
    CompletableFuture<HttpResponse<ResponseBody>> response =
        Client.SHARED.sendAsync(request, info -> new ResponseBody());
    try {
      return response.get(idle.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ModelException(
          ErrorCode.TIMEOUT,
          "%s did not answer for %s".formatted(request.uri().getHost(), idle),
          e);
    } catch (ExecutionException e) {
      throw new ModelException(
          ErrorCode.UNAVAILABLE,
          "%s cannot be reached; what was fetched is kept, try again online"
              .formatted(request.uri().getHost()),
          e);
    } finally {
      response.cancel(true);
    }
  }

  private void receive(
      URI url,
      HttpResponse<ResponseBody> response,
      Path part,
      Path told,
      long have,
      PullProgress progress)
      throws IOException, InterruptedException {
    long start =
        switch (response.statusCode()) {
          case 200 -> 0;
          case 206 -> startOf(response.headers(), have, url);
          case 416 -> {
            if (response
                .headers()
                .firstValue("content-range")
                .equals(Optional.of("bytes */" + have))) {
              yield have;
            }
            Files.deleteIfExists(told);
            throw new ModelException(
                ErrorCode.UNAVAILABLE, url.getHost() + " no longer has the rest of the file");
          }
          default -> throw refused(url, response.statusCode());
        };
    if (response.statusCode() == 416) {
      return;
    }
    long length = response.headers().firstValueAsLong("content-length").orElse(-1);
    long total = length < 0 ? 0 : start + length;
    requireRoom(part, total, start);
    if (start == 0) {
      remember(told, url, response.headers());
    }
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(start);
      out.position(start);
      copy(url, response.body(), out, total, progress);
    }
  }

  private void copy(URI url, ResponseBody body, FileChannel out, long total, PullProgress progress)
      throws IOException, InterruptedException {
    while (true) {
      Optional<ResponseBody.Chunk> chunk = body.next(idle.toNanos());
      if (chunk.isEmpty()) {
        throw new ModelException(
            ErrorCode.TIMEOUT, "%s sent nothing for %s".formatted(url.getHost(), idle));
      }
      switch (chunk.get()) {
        case ResponseBody.Chunk.Bytes bytes -> {
          for (ByteBuffer buffer : bytes.buffers()) {
            while (buffer.hasRemaining()) {
              out.write(buffer);
            }
          }
          if (out.position() > maxBytes) {
            throw tooBig(url);
          }
          progress.step("downloading", out.position(), total);
        }
        case ResponseBody.Chunk.Failed failed ->
            throw new ModelException(
                ErrorCode.UNAVAILABLE,
                "the connection to %s broke; what was fetched is kept, try again"
                    .formatted(url.getHost()),
                failed.cause());
        case ResponseBody.Chunk.Ended _ -> {
          if (total > 0 && out.position() != total) {
            throw new ModelException(
                ErrorCode.UNAVAILABLE, url.getHost() + " ended the file before its end");
          }
          return;
        }
      }
    }
  }

  private static long startOf(HttpHeaders headers, long asked, URI url) {
    Matcher range = CONTENT_RANGE.matcher(headers.firstValue("content-range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != asked) {
      throw new ModelException(
          ErrorCode.CORRUPT, url.getHost() + " answered with another part of the file than asked");
    }
    return asked;
  }

  private static ModelException refused(URI url, int status) {
    ErrorCode code =
        status == 404 || status == 410
            ? ErrorCode.NOT_FOUND
            : status == 401 || status == 403
                ? ErrorCode.PERMISSION_DENIED
                : status == 429 || status >= 500
                    ? ErrorCode.UNAVAILABLE
                    : ErrorCode.INVALID_REQUEST;
    return new ModelException(
        code, "%s%s: HTTP %d".formatted(url.getHost(), url.getPath(), status));
  }

  private void requireRoom(Path part, long total, long have) throws IOException {
    if (total > maxBytes) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the file has %d bytes; at most %d are fetched".formatted(total, maxBytes));
    }
    long room = Files.getFileStore(part.getParent()).getUsableSpace();
    if (total - have > room) {
      throw new ModelException(
          ErrorCode.DISK_FULL,
          "the file needs %d bytes more and %s has room for %d"
              .formatted(total - have, part.getParent(), room));
    }
  }

  private ModelException tooBig(URI url) {
    return new ModelException(
        ErrorCode.LIMIT_EXCEEDED, "%s sends more than %d bytes".formatted(url.getHost(), maxBytes));
  }

  private static Path note(Path part) {
    return part.resolveSibling(part.getFileName() + ".json");
  }

  /** The file is kept elsewhere now. */
  static void forget(Path part) {
    try {
      Files.deleteIfExists(note(part));
    } catch (IOException e) {
      throw LocalModelFiles.failed(part, e);
    }
  }

  /** A weak validator does not promise the same bytes, so it resumes nothing. */
  private static void remember(Path told, URI url, HttpHeaders headers) throws IOException {
    Optional<String> validator =
        headers
            .firstValue("etag")
            .filter(tag -> tag.startsWith("\""))
            .or(() -> headers.firstValue("last-modified"));
    if (validator.isEmpty()) {
      Files.deleteIfExists(told);
      return;
    }
    ObjectNode note = Json.object().put("url", url.toString()).put("validator", validator.get());
    Files.write(told, Json.bytes(note));
  }

  private static Optional<String> validator(Path told, URI url) throws IOException {
    if (!Files.exists(told)) {
      return Optional.empty();
    }
    try {
      JsonNode note = Json.read(Files.readAllBytes(told), JsonNode.class);
      return note.path("url").asText().equals(url.toString())
          ? Optional.ofNullable(note.path("validator").textValue())
          : Optional.empty();
    } catch (CoreException e) {
      // A note that a crash cut is worth nothing; the file is fetched from its start.
      return Optional.empty();
    }
  }
}
