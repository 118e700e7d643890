package dev.paddock.web;

import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressAnswer;
import dev.paddock.egress.EgressClient;
import dev.paddock.egress.EgressRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fetches what is at a URL, following a few redirects, each of which is judged anew. */
record PageFetch(EgressClient client, Domains domains) {
  /** On the wire and unpacked. */
  static final int MAX_BYTES = 5 << 20;

  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Nothing of the server's or the person's own: no cookie, no credential, no referrer. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "User-Agent", "Paddock",
          "Accept",
              "text/html,application/xhtml+xml,text/markdown,text/plain,application/json;q=0.9,*/*;q=0.5",
          "Accept-Encoding", "gzip");

  /** What was found, and where at last. */
  record Fetched(WebUrl url, int status, Body body) {}

  /**
   * @throws WebException PERMISSION_DENIED if a host may not be reached, with the line that says
   *     what would allow it
   */
  Fetched get(WebUrl asked, Duration time) throws InterruptedException {
    long until = System.nanoTime() + time.toNanos();
    WebUrl url = asked;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      requireDomain(url);
      Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
      EgressRequest request = EgressRequest.get(url.tls(), url.target(), url.path(), FIELDS);
      EgressAnswer answer = client.send(request, left, MAX_BYTES);
      if (answer.denied().isPresent()) {
        throw new WebException(
            ErrorCode.PERMISSION_DENIED,
            "%s was not fetched: %s".formatted(url, answer.denied().get()));
      }
      Optional<String> location =
          REDIRECTS.contains(answer.status()) ? answer.field("location") : Optional.empty();
      if (location.isEmpty()) {
        return new Fetched(url, answer.status(), Body.of(answer, MAX_BYTES));
      }
      url = url.resolve(location.get());
    }
    throw new WebException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s redirects more than %d times, the last time to %s"
            .formatted(asked, MAX_REDIRECTS, url));
  }

  private void requireDomain(WebUrl url) {
    if (!domains.allow(url)) {
      throw new WebException(
          ErrorCode.PERMISSION_DENIED,
          "%s was not fetched: this agent's web_fetch %s"
              .formatted(
                  url,
                  domains.allowed().isEmpty()
                      ? "has its host in blocked_domains"
                      : "allows only " + String.join(", ", domains.allowed())));
    }
  }
}
