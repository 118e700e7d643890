package dev.paddock.server.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request without its body.
 *
 * @param path decoded segment by segment; an encoded slash within a segment stays {@code %2F} here
 * @param query in order, decoded; a name may come several times
 * @param headers by lower-case name
 */
public record RequestHead(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, List<String>> headers) {

  public Optional<String> header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, List.of()).stream().findFirst();
  }

  public Optional<String> query(String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }
}
