package dev.paddock.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Server-sent events, read on a thread of their own so that a silent connection is noticed. */
final class EventStream implements AutoCloseable {
  /** The server sends a ping every 15 s. */
  private static final long SILENCE = Duration.ofSeconds(50).toNanos();

  private static final int MAX_EVENT = 64 << 20;
  private static final int QUEUE = 64;

  private final InputStream body;
  private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(QUEUE);
  private volatile long heard = System.nanoTime();
  private final Thread reader;

  /** What comes out of a stream. */
  sealed interface Signal {
    record Event(String data) implements Signal {}

    /** Nothing came in time. */
    record Quiet() implements Signal {}

    record Ended(IOException why) implements Signal {}
  }

  EventStream(InputStream body) {
    this.body = body;
    this.reader = Thread.ofVirtual().name("events").start(this::read);
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      StringBuilder data = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard = System.nanoTime();
        if (line.isEmpty() && !data.isEmpty()) {
          signals.put(new Signal.Event(data.substring(0, data.length() - 1)));
          data.setLength(0);
        } else if (line.startsWith("data:")) {
          data.append(line.substring(line.startsWith("data: ") ? 6 : 5)).append('\n');
          if (data.length() > MAX_EVENT) {
            throw new IOException("an event larger than %,d bytes".formatted(MAX_EVENT));
          }
        }
      }
      signals.put(new Signal.Ended(new IOException("the stream ended")));
    } catch (IOException e) {
      signals.offer(new Signal.Ended(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Signal next(Duration wait) throws InterruptedException {
    Signal next = signals.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    if (next != null) {
      return next;
    }
    boolean over = !reader.isAlive() && signals.isEmpty();
    return over || System.nanoTime() - heard > SILENCE
        ? new Signal.Ended(new IOException("the stream fell silent"))
        : new Signal.Quiet();
  }

  @Override
  public void close() {
    reader.interrupt();
    try {
      body.close();
    } catch (IOException e) {
      // It is only read from: closing can lose nothing.
    }
  }
}
