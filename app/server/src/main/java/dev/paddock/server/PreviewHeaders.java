package dev.paddock.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/** Which headers pass between a viewer and a program. What is about the connection never does. */
final class PreviewHeaders {
  private static final Set<String> CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-authentication-info",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "content-length");

  private static final Set<String> NOT_TO_PROGRAM =
      Set.of("host", "cookie", "expect", "forwarded", "via", "x-real-ip", "max-forwards");

  /** What would reach beyond the preview's own host, or beyond its life. */
  private static final Set<String> NOT_TO_VIEWER =
      Set.of(
          "alt-svc",
          "clear-site-data",
          "expect-ct",
          "nel",
          "public-key-pins",
          "report-to",
          "strict-transport-security",
          "via");

  private PreviewHeaders() {}

  /**
   * What the program gets of a request's headers.
   *
   * @param bearer whether {@code Authorization} is for Paddock
   */
  static List<HttpField> toProgram(HttpFields sent, boolean bearer) {
    Set<String> nominated = nominated(sent);
    List<HttpField> kept = new ArrayList<>();
    for (HttpField field : sent) {
      String name = name(field);
      if (!CONNECTION.contains(name)
          && !nominated.contains(name)
          && !NOT_TO_PROGRAM.contains(name)
          && !name.startsWith(":")
          && !name.startsWith("x-forwarded-")
          && !name.startsWith("x-paddock-")
          && !name.startsWith("sec-websocket-")
          && !(bearer && name.equals("authorization"))
          && plain(field)) {
        kept.add(field);
      }
    }
    return kept;
  }

  /** What the viewer gets of an answer's headers. */
  static List<HttpField> toViewer(List<HttpField> answered) {
    Set<String> nominated = nominated(answered);
    List<HttpField> kept = new ArrayList<>();
    for (HttpField field : answered) {
      String name = name(field);
      if (CONNECTION.contains(name)
          || nominated.contains(name)
          || NOT_TO_VIEWER.contains(name)
          || name.startsWith("x-paddock-")
          || name.startsWith("sec-websocket-")
          || !plain(field)) {
        continue;
      }
      if (!name.equals("set-cookie")) {
        kept.add(field);
      } else if (!cookieName(field.getValue()).equalsIgnoreCase(PreviewAccess.COOKIE)) {
        kept.add(new HttpField("Set-Cookie", withoutDomain(field.getValue())));
      }
    }
    return kept;
  }

  private static String cookieName(String cookie) {
    int end = cookie.indexOf('=');
    return (end < 0 ? cookie : cookie.substring(0, end)).strip();
  }

  /** A cookie for its own host alone. */
  private static String withoutDomain(String cookie) {
    List<String> kept = new ArrayList<>();
    for (String part : cookie.split(";", -1)) {
      if (!cookieName(part).equalsIgnoreCase("domain")) {
        kept.add(part);
      }
    }
    return String.join(";", kept);
  }

  private static Set<String> nominated(Iterable<HttpField> fields) {
    Set<String> names = new HashSet<>();
    for (HttpField field : fields) {
      if (name(field).equals("connection") && field.getValue() != null) {
        for (String name : field.getValue().split(",", -1)) {
          names.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }

  private static String name(HttpField field) {
    return field.getName().toLowerCase(Locale.ROOT);
  }

  /** What could end a line is refused by both parsers; nothing rests on that. */
  private static boolean plain(HttpField field) {
    return field.getValue() != null
        && !field.getName().isEmpty()
        && field.getName().chars().allMatch(c -> c > ' ' && c < 127 && c != ':')
        && field.getValue().chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 256 && c != 127));
  }
}
