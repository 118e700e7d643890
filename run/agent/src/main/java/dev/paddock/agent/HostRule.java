package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.List;

/**
 * A host that a sandbox may reach. In JSON a text, or an object where it says more than the host.
 *
 * @param host a name or {@code *.name}, either with {@code :port} or without; {@code *} is every
 *     public host
 * @param ports none means those of the web
 * @param methods in capitals; none means all
 * @param paths prefixes; none means all
 * @param tcp whether something other than TLS and HTTP may be spoken
 */
public record HostRule(
    String host, List<Integer> ports, List<String> methods, List<String> paths, boolean tcp) {
  /** Every public host. */
  public static final String ANY = "*";

  public HostRule {
    ports = List.copyOf(ports);
    methods = List.copyOf(methods);
    paths = List.copyOf(paths);
  }

  public static HostRule of(String host) {
    return new HostRule(host, List.of(), List.of(), List.of(), false);
  }

  /** Whether the host alone is named. */
  public boolean plain() {
    return equals(of(host));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static HostRule read(JsonNode written) {
    if (written.isTextual()) {
      return of(written.textValue());
    }
    return new HostRule(
        written.path("host").asText(),
        written.path("ports").valueStream().map(JsonNode::asInt).toList(),
        written.path("methods").valueStream().map(JsonNode::asText).toList(),
        written.path("paths").valueStream().map(JsonNode::asText).toList(),
        written.path("tcp").asBoolean());
  }

  @JsonValue
  JsonNode written() {
    if (plain()) {
      return Json.mapper().getNodeFactory().textNode(host);
    }
    ObjectNode out = Json.object().put("host", host);
    out.set("ports", Json.tree(ports));
    out.set("methods", Json.tree(methods));
    out.set("paths", Json.tree(paths));
    return out.put("tcp", tcp);
  }
}
