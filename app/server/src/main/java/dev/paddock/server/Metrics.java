package dev.paddock.server;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts for Prometheus (text format 0.0.4). Labels come from routes and enums, never from what a
 * client sends, so their number is bounded.
 */
public final class Metrics {
  private static final double[] BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };

  private record Gauge(String help, LongSupplier value) {}

  private record Requests(String route, String method, int status) implements Comparable<Requests> {
    @Override
    public int compareTo(Requests other) {
      return text().compareTo(other.text());
    }

    String text() {
      return "route=\"%s\",method=\"%s\",status=\"%d\"".formatted(route, method, status);
    }
  }

  /** Latencies of one route. */
  private static final class Histogram {
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    Histogram() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void add(long elapsed) {
      int i = 0;
      while (i < BOUNDS.length && elapsed > BOUNDS[i] * 1e9) {
        i++;
      }
      buckets[i].increment();
      nanos.add(elapsed);
    }
  }

  private final Map<Requests, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Map<String, Histogram> latencies = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();
  private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();
  private final Map<String, Gauge> counters = new ConcurrentSkipListMap<>();

  /** A value that goes up and down. */
  public void gauge(String name, String help, LongSupplier value) {
    gauges.put(name, new Gauge(help, value));
  }

  /** A value that only grows; its name ends in {@code _total}. */
  public void counter(String name, String help, LongSupplier value) {
    counters.put(name, new Gauge(help, value));
  }

  void request(String route, String method, int status, long nanos) {
    requests
        .computeIfAbsent(new Requests(route, known(method), status), key -> new LongAdder())
        .increment();
    latencies.computeIfAbsent(route, key -> new Histogram()).add(nanos);
  }

  private static String known(String method) {
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> method;
      default -> "other";
    };
  }

  void streamDropped(String reason) {
    dropped.computeIfAbsent(reason, key -> new LongAdder()).increment();
  }

  String text() {
    StringBuilder text = new StringBuilder(4096);
    head(text, "paddock_requests_total", "counter", "Requests answered.");
    requests.forEach(
        (key, count) -> sample(text, "paddock_requests_total{" + key.text() + "}", count.sum()));
    head(text, "paddock_request_seconds", "histogram", "Time to the end of an answer.");
    latencies.forEach((route, histogram) -> histogram(text, route, histogram));
    head(text, "paddock_streams_dropped_total", "counter", "Event streams that were cut off.");
    new TreeMap<>(dropped)
        .forEach(
            (reason, count) ->
                sample(
                    text, "paddock_streams_dropped_total{reason=\"" + reason + "\"}", count.sum()));
    counters.forEach((name, value) -> value(text, name, "counter", value));
    gauges.forEach((name, value) -> value(text, name, "gauge", value));
    jvm(text);
    return text.toString();
  }

  private static void histogram(StringBuilder text, String route, Histogram histogram) {
    long sum = 0;
    for (int i = 0; i <= BOUNDS.length; i++) {
      sum += histogram.buckets[i].sum();
      String bound = i < BOUNDS.length ? Double.toString(BOUNDS[i]) : "+Inf";
      sample(
          text,
          "paddock_request_seconds_bucket{route=\"%s\",le=\"%s\"}".formatted(route, bound),
          sum);
    }
    text.append("paddock_request_seconds_sum{route=\"").append(route).append("\"} ");
    text.append(String.format(Locale.ROOT, "%.6f%n", histogram.nanos.sum() / 1e9));
    sample(text, "paddock_request_seconds_count{route=\"" + route + "\"}", sum);
  }

  private static void value(StringBuilder text, String name, String type, Gauge gauge) {
    head(text, name, type, gauge.help());
    sample(text, name, gauge.value().getAsLong());
  }

  private static void jvm(StringBuilder text) {
    var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    head(text, "jvm_memory_used_bytes", "gauge", "Heap in use.");
    sample(text, "jvm_memory_used_bytes{area=\"heap\"}", memory.getUsed());
    head(text, "jvm_memory_max_bytes", "gauge", "Heap at most.");
    sample(text, "jvm_memory_max_bytes{area=\"heap\"}", memory.getMax());
    head(text, "jvm_threads_current", "gauge", "Platform threads.");
    sample(text, "jvm_threads_current", ManagementFactory.getThreadMXBean().getThreadCount());
    head(text, "process_uptime_seconds", "gauge", "Seconds since the start.");
    sample(text, "process_uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
