package dev.paddock.egress;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came back.
 *
 * @param denied why the proxy let nothing through; then there is no answer of the host's
 * @param fields of the head, names in lower case
 * @param body as it was sent, packed if a field says so
 * @param whole whether the body has no more than the bytes that were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be read, never compared
public record EgressAnswer(
    Optional<String> denied,
    int status,
    Map<String, List<String>> fields,
    byte[] body,
    boolean whole) {
  static EgressAnswer denied(int status, String why) {
    return new EgressAnswer(Optional.of(why), status, Map.of(), new byte[0], true);
  }

  /** The first value of a field. */
  public Optional<String> field(String name) {
    return fields.getOrDefault(name, List.of()).stream().findFirst();
  }
}
