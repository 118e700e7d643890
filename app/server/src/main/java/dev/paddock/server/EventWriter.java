package dev.paddock.server;

import dev.paddock.server.spi.EventSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Writes server-sent events (the WHATWG's format) until their source or the client ends. */
final class EventWriter {
  private static final int ENOUGH = 64 << 10;
  private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.UTF_8);

  private final ResponseSink sink;
  private final Duration ping;

  EventWriter(ResponseSink sink, Duration ping) {
    this.sink = sink;
    this.ping = ping;
  }

  /** The head goes out at once, so that the client knows that it is subscribed. */
  void write(OpenStreams.Stream stream) throws IOException, InterruptedException {
    sink.write(false, new byte[0], 0, 0);
    long due = System.nanoTime() + ping.toNanos();
    boolean last = false;
    while (!last) {
      EventSource.Batch batch = stream.next(left(due));
      last = batch.last();
      if (!batch.events().isEmpty()) {
        write(batch);
        due = System.nanoTime() + ping.toNanos();
      } else if (!last && System.nanoTime() >= due) {
        send(PING);
        due = System.nanoTime() + ping.toNanos();
      }
    }
    sink.write(true, new byte[0], 0, 0);
  }

  private static Duration left(long due) {
    return Duration.ofNanos(Math.max(0, due - System.nanoTime()));
  }

  private void write(EventSource.Batch batch) throws IOException {
    StringBuilder text = new StringBuilder();
    for (EventSource.Event event : batch.events()) {
      append(text, event);
      if (text.length() > ENOUGH) {
        send(text.toString().getBytes(StandardCharsets.UTF_8));
        text.setLength(0);
      }
    }
    send(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void send(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      sink.write(false, bytes, 0, bytes.length);
    }
  }

  static void append(StringBuilder text, EventSource.Event event) {
    event.id().ifPresent(id -> text.append("id: ").append(oneLine(id)).append('\n'));
    event.name().ifPresent(name -> text.append("event: ").append(oneLine(name)).append('\n'));
    String data = event.data();
    if (data.indexOf('\n') < 0 && data.indexOf('\r') < 0) {
      text.append("data: ").append(data).append('\n');
    } else {
      for (String line : data.split("\r\n|\r|\n", -1)) {
        text.append("data: ").append(line).append('\n');
      }
    }
    text.append('\n');
  }

  private static String oneLine(String value) {
    return value.replaceAll("[\r\n\0]", "");
  }
}
