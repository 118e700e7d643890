package dev.paddock.cli;

import dev.paddock.core.SessionEvent;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Requests to hosts, folded: a line for each host and step, and each refusal once. */
final class HostView {
  private final Screen screen;
  private final Map<String, Folded> reached = new LinkedHashMap<>();
  private final Set<String> refused = new HashSet<>();

  private record Folded(int requests, int failed, long bytes) {
    Folded plus(SessionEvent.EgressRequest request) {
      return new Folded(
          requests + 1,
          failed + (request.verdict().equals("failed") ? 1 : 0),
          bytes + request.sentBytes() + request.receivedBytes());
    }
  }

  HostView(Screen screen) {
    this.screen = screen;
  }

  void add(SessionEvent.EgressRequest request) {
    if (!request.verdict().equals("denied")) {
      reached.compute(
          request.host(),
          (host, folded) -> (folded == null ? new Folded(0, 0, 0) : folded).plus(request));
      return;
    }
    String why = request.reason().orElse(request.host() + " was refused");
    if (refused.add(why)) {
      screen.line(screen.yellow("! network: " + Screen.printable(why)));
    }
  }

  /** Shows what came together since. */
  void flush() {
    reached.forEach(
        (host, folded) ->
            screen.line(
                screen.dim(
                    "  ↗ %s: %d request%s, %s%s"
                        .formatted(
                            Screen.printable(host),
                            folded.requests(),
                            folded.requests() == 1 ? "" : "s",
                            Amounts.size(folded.bytes()),
                            folded.failed() == 0 ? "" : ", " + folded.failed() + " failed"))));
    reached.clear();
  }
}
