package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Lease;
import dev.paddock.store.Store;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Sends what happened in sessions as spans, following the log from a durable cursor: a collector
 * that is away for a while, or a restart, loses nothing. One node of a database does it at a time.
 */
final class Telemetry implements AutoCloseable {
  static final String NAME = "telemetry";

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final int PAGE = 512;
  private static final int MAX_FOLDS = 10_000;

  private final Store store;
  private final SpanSink sink;
  private final String service;
  private final String holder;
  private final Consumer<String> log;
  private final Map<SessionId, SpanFold> folds = new LinkedHashMap<>(16, 0.75f, true);
  private final Thread thread;
  private volatile boolean closed;

  Telemetry(Store store, SpanSink sink, String service, String holder, Consumer<String> log) {
    this.store = store;
    this.sink = sink;
    this.service = service;
    this.holder = holder;
    this.log = log;
    this.thread = Thread.ofVirtual().name(NAME).unstarted(this::follow);
  }

  /** Empty where neither the settings nor the environment name a place for spans. */
  static Optional<Telemetry> of(Node node, Consumer<String> log) {
    Map<String, String> environment = node.environment();
    Settings.Telemetry settings = node.settings().telemetry();
    Optional<String> endpoint =
        Optional.ofNullable(environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
            .filter(value -> !value.isBlank())
            .or(settings::endpoint);
    Optional<SpanSink> sink =
        endpoint
            .<SpanSink>map(
                base ->
                    SpanSink.ToEndpoint.of(
                        traces(base),
                        headers(environment.getOrDefault("OTEL_EXPORTER_OTLP_HEADERS", ""))))
            .or(() -> settings.file().map(SpanSink.ToFile::new));
    return sink.map(
        to ->
            new Telemetry(
                node.store(),
                to,
                environment.getOrDefault("OTEL_SERVICE_NAME", "paddock"),
                LeaseHolder.THIS.toString(),
                log));
  }

  private static URI traces(String base) {
    try {
      URI uri = new URI(base.replaceAll("/+$", "") + "/v1/traces");
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below, in the same words
    }
    throw new NodeException(
        ErrorCode.INVALID_REQUEST,
        "the telemetry endpoint \"%s\" is no http or https address, such as http://localhost:4318"
            .formatted(base));
  }

  /** {@code name=value,name=value}, as the OpenTelemetry specification has it. */
  private static Map<String, String> headers(String text) {
    Map<String, String> headers = new TreeMap<>();
    for (String pair : text.split(",", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        headers.put(
            pair.substring(0, at).strip(),
            URLDecoder.decode(pair.substring(at + 1).strip(), StandardCharsets.UTF_8));
      }
    }
    return headers;
  }

  void start() {
    thread.start();
  }

  private void follow() {
    Optional<Lease> lease = Optional.empty();
    Duration pause = PAUSE;
    try {
      while (!closed) {
        try {
          lease =
              lease
                  .flatMap(held -> store.leases().renew(held, LEASE))
                  .or(() -> store.leases().acquire(NAME, holder, LEASE));
          boolean more = lease.isPresent() && sendNext();
          pause = PAUSE;
          if (!more) {
            Thread.sleep(pause);
          }
        } catch (IOException | RuntimeException e) {
          log.accept("spans wait, %s; the next try is in %d s".formatted(e, pause.toSeconds()));
          Thread.sleep(pause);
          pause =
              pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                  ? pause.multipliedBy(2)
                  : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      // closed
    } finally {
      lease.ifPresent(store.leases()::release);
    }
  }

  /** Whether there was anything. */
  boolean sendNext() throws IOException, InterruptedException {
    List<LogEntry> entries = store.sessions().readStore(store.cursors().position(NAME), PAGE);
    if (entries.isEmpty()) {
      return false;
    }
    List<Span> spans = new ArrayList<>();
    for (LogEntry entry : entries) {
      spans.addAll(fold(entry).apply(entry));
    }
    if (!spans.isEmpty()) {
      sink.send(OtlpJson.request(spans, service));
    }
    store.cursors().advance(NAME, entries.getLast().position());
    return true;
  }

  /**
   * A session whose fold does not stand right before the entry, as when nothing could be sent, is
   * read up to it: what began earlier stands there.
   */
  private SpanFold fold(LogEntry entry) {
    SpanFold known = folds.get(entry.sessionId());
    if (known != null && known.sequence() == entry.sequence() - 1) {
      return known;
    }
    String agent =
        store
            .sessions()
            .find(entry.sessionId())
            .map(session -> session.document().path("agent").path("name").asText(""))
            .orElse("");
    SpanFold fold = new SpanFold(entry.sessionId(), agent);
    for (LogEntry earlier : store.sessions().readAll(entry.sessionId())) {
      if (earlier.sequence() < entry.sequence()) {
        fold.apply(earlier);
      }
    }
    folds.put(entry.sessionId(), fold);
    if (folds.size() > MAX_FOLDS) {
      folds.remove(folds.keySet().iterator().next());
    }
    return fold;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
