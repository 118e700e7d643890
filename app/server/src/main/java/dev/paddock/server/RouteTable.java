package dev.paddock.server;

import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every dialect's routes, and what they say is not there yet. */
final class RouteTable {
  private final List<Entry> entries = new ArrayList<>();

  /** What stands behind a template. */
  sealed interface Target {
    record Offered(Route route) implements Target {}

    record Missing(String feature) implements Target {}
  }

  private record Entry(Dialect dialect, String method, PathTemplate path, Target target) {
    boolean takes(String asked) {
      return method.equals(asked)
          || method.equals("*")
          || (method.equals("GET") && asked.equals("HEAD"));
    }
  }

  /** What a request comes to. */
  sealed interface Match {
    record Found(Dialect dialect, String template, Target target, Map<String, String> parameters)
        implements Match {}

    record WrongMethod(Dialect dialect, String template, Set<String> allowed) implements Match {}

    record Nothing() implements Match {}
  }

  private record Fit(Entry entry, Map<String, String> parameters) {}

  RouteTable(List<Dialect> dialects, Platform platform) {
    for (Dialect dialect : dialects) {
      for (Route route : dialect.routes(platform)) {
        add(dialect, route.method(), route.path(), new Target.Offered(route));
      }
      for (Dialect.NotOffered missing : dialect.notOffered()) {
        add(dialect, missing.method(), missing.path(), new Target.Missing(missing.feature()));
      }
    }
    entries.sort(Comparator.comparing(Entry::path, PathTemplate.MOST_SPECIFIC_FIRST));
  }

  private void add(Dialect dialect, String method, String path, Target target) {
    entries.add(new Entry(dialect, method, PathTemplate.parse(path), target));
  }

  Match find(RequestHead head, List<String> segments) {
    List<Fit> fits = new ArrayList<>();
    for (Entry entry : entries) {
      entry.path().match(segments).ifPresent(parameters -> fits.add(new Fit(entry, parameters)));
    }
    if (fits.isEmpty()) {
      return new Match.Nothing();
    }
    List<Fit> able = fits.stream().filter(fit -> fit.entry().takes(head.method())).toList();
    if (able.isEmpty()) {
      return wrongMethod(head, fits);
    }
    Fit chosen = claimed(head, able);
    Entry entry = chosen.entry();
    return new Match.Found(
        entry.dialect(), entry.path().text(), entry.target(), chosen.parameters());
  }

  private static Match wrongMethod(RequestHead head, List<Fit> fits) {
    Set<String> allowed = new TreeSet<>();
    allowed.add("OPTIONS");
    for (Fit fit : fits) {
      allowed.add(fit.entry().method());
      if (fit.entry().method().equals("GET")) {
        allowed.add("HEAD");
      }
    }
    Entry entry = claimed(head, fits).entry();
    return new Match.WrongMethod(entry.dialect(), entry.path().text(), allowed);
  }

  private static Fit claimed(RequestHead head, List<Fit> fits) {
    return fits.stream()
        .filter(fit -> fit.entry().dialect().claims(head))
        .findFirst()
        .orElse(fits.getFirst());
  }
}
