package dev.paddock.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A request of this process's own, made as a box makes one.
 *
 * @param tls whether it is HTTPS
 * @param path with the query; visible ASCII
 * @param fields of its head, besides the ones that every request has
 * @param body empty for none
 */
public record EgressRequest(
    String method,
    boolean tls,
    Target target,
    String path,
    Map<String, String> fields,
    String body) {
  public EgressRequest {
    fields = Map.copyOf(fields);
    requireVisible("path", path, false);
    fields.forEach((name, value) -> requireVisible("header " + name, value, true));
  }

  public static EgressRequest get(
      boolean tls, Target target, String path, Map<String, String> fields) {
    return new EgressRequest("GET", tls, target, path, fields, "");
  }

  private static void requireVisible(String what, String text, boolean blanks) {
    if (!text.chars().allMatch(c -> (c > ' ' && c < 127) || (blanks && c == ' '))) {
      throw EgressException.invalid(
          "the %s has characters that no request may have: %s".formatted(what, Text.quoted(text)));
    }
  }

  /** The head: with a whole URL for a proxy that reads it, with the path within a tunnel. */
  byte[] head(int bodyBytes) {
    List<Headers.Field> all = new ArrayList<>();
    all.add(new Headers.Field("Host", target.authority(tls ? 443 : 80)));
    fields.forEach((name, value) -> all.add(new Headers.Field(name, value)));
    if (bodyBytes > 0) {
      all.add(new Headers.Field("Content-Length", Integer.toString(bodyBytes)));
    }
    all.add(new Headers.Field("Connection", "close"));
    StringBuilder head = new StringBuilder(method).append(' ');
    head.append(tls ? "" : "http://" + target).append(path).append(" HTTP/1.1\r\n");
    new Headers(all).appendTo(head);
    return HttpInput.bytes(head.append("\r\n"));
  }
}
