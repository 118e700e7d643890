package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Server-sent events out of a response, as the HTML standard's "Server-sent events" section says,
 * within limits. A silence is measured from one whole line to the next.
 */
final class SseReader {
  private final ResponseBody body;
  private final Endpoint endpoint;
  private final HttpLimits limits;
  private final long hardDeadline;
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private String type = "";
  private boolean hasData;
  private boolean afterCarriageReturn;
  private boolean firstLine = true;
  private long received;
  private long deadline;

  SseReader(ResponseBody body, Endpoint endpoint, HttpLimits limits, long startedNanos) {
    this.body = body;
    this.endpoint = endpoint;
    this.limits = limits;
    this.hardDeadline = startedNanos + limits.total().toNanos();
  }

  /** The next event; empty at the end of the response. */
  Optional<SseEvent> next() throws InterruptedException {
    deadline = System.nanoTime() + limits.idle().toNanos();
    while (true) {
      ByteBuffer buffer = buffers.peek();
      if (buffer == null) {
        if (!fill()) {
          return Optional.empty();
        }
        continue;
      }
      if (!buffer.hasRemaining()) {
        buffers.remove();
        continue;
      }
      byte b = buffer.get();
      boolean secondHalf = b == '\n' && afterCarriageReturn;
      afterCarriageReturn = b == '\r';
      if (secondHalf) {
        continue;
      }
      if (b != '\n' && b != '\r') {
        line.write(b);
        if (line.size() + data.size() > limits.maxEventBytes()) {
          throw tooBig("an event of more than %d bytes".formatted(limits.maxEventBytes()));
        }
        continue;
      }
      deadline = System.nanoTime() + limits.idle().toNanos();
      Optional<SseEvent> event = endLine();
      if (event.isPresent()) {
        return event;
      }
    }
  }

  private boolean fill() throws InterruptedException {
    long remaining = Math.min(deadline, hardDeadline) - System.nanoTime();
    Optional<ResponseBody.Chunk> chunk = body.next(Math.max(remaining, 0));
    if (chunk.isEmpty()) {
      throw new ModelException(
          ErrorCode.TIMEOUT,
          System.nanoTime() - hardDeadline >= 0
              ? "%s did not finish within %s".formatted(endpoint.provider(), limits.total())
              : "%s sent nothing for %s".formatted(endpoint.provider(), limits.idle()));
    }
    return switch (chunk.get()) {
      case ResponseBody.Chunk.Bytes bytes -> {
        for (ByteBuffer buffer : bytes.buffers()) {
          received += buffer.remaining();
          buffers.add(buffer);
        }
        if (received > limits.maxStreamBytes()) {
          throw tooBig("more than %d bytes".formatted(limits.maxStreamBytes()));
        }
        yield true;
      }
      case ResponseBody.Chunk.Failed failed ->
          throw UpstreamErrors.broken(endpoint, failed.cause());
      case ResponseBody.Chunk.Ended _ -> false;
    };
  }

  private Optional<SseEvent> endLine() {
    byte[] bytes = line.toByteArray();
    line.reset();
    int from = 0;
    if (firstLine) {
      firstLine = false;
      boolean mark =
          bytes.length >= 3
              && bytes[0] == (byte) 0xEF
              && bytes[1] == (byte) 0xBB
              && bytes[2] == (byte) 0xBF;
      from = mark ? 3 : 0;
    }
    if (bytes.length == from) {
      return endEvent();
    }
    int colon = from;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    int value = Math.min(colon + 1, bytes.length);
    if (value < bytes.length && bytes[value] == ' ') {
      value++;
    }
    switch (new String(bytes, from, colon - from, StandardCharsets.UTF_8)) {
      case "event" -> type = new String(bytes, value, bytes.length - value, StandardCharsets.UTF_8);
      case "data" -> {
        if (hasData) {
          data.write('\n');
        }
        data.write(bytes, value, bytes.length - value);
        hasData = true;
      }
      default -> {
        // Comments, ids and retry times mean nothing to a single request.
      }
    }
    return Optional.empty();
  }

  private Optional<SseEvent> endEvent() {
    String name = type.isEmpty() ? "message" : type;
    type = "";
    if (!hasData) {
      return Optional.empty();
    }
    SseEvent event = new SseEvent(name, data.toString(StandardCharsets.UTF_8));
    data.reset();
    hasData = false;
    return Optional.of(event);
  }

  private ModelException tooBig(String what) {
    return new ModelException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s sent %s; the request was cancelled".formatted(endpoint.provider(), what));
  }
}
