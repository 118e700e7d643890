package dev.paddock.server;

import dev.paddock.node.PortPreviews;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** How a viewer proves that a preview may be opened, and what of it the program must not see. */
final class PreviewAccess {
  static final String COOKIE = "paddock_preview";
  private static final int LONGEST = 128;
  private static final String BEARER = "Bearer ";
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private PreviewAccess() {}

  /** What a request brings. */
  sealed interface Proof {
    /** In the URL, which is opened anew without it. */
    record Link(String token) implements Proof {}

    /** Of a program. */
    record Bearer() implements Proof {}

    /** Of a browser that has opened the URL. */
    record Cookie() implements Proof {}
  }

  /** Throws a refusal where nothing that is brought opens the preview. */
  static Proof proof(PortPreviews previews, String id, String origin, Request request)
      throws PreviewRefusal {
    HttpFields headers = request.getHeaders();
    boolean retrieves = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    Optional<String> link = token(request.getHttpURI().getQuery());
    if (link.isPresent() && retrieves && opens(previews, id, link.get())) {
      return new Proof.Link(link.get());
    }
    String sent = Optional.ofNullable(headers.get(HttpHeader.AUTHORIZATION)).orElse("");
    if (sent.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && opens(previews, id, sent.substring(BEARER.length()).strip())) {
      return new Proof.Bearer();
    }
    if (cookies(headers).stream().anyMatch(token -> opens(previews, id, token))) {
      requireSameOrigin(origin, request);
      return new Proof.Cookie();
    }
    throw new PreviewRefusal(
        401,
        "This preview needs its link",
        "Open the whole URL that you were given, with its " + PortPreviews.TOKEN + ".");
  }

  private static boolean opens(PortPreviews previews, String id, String token) {
    return token.length() <= LONGEST && previews.opens(id, token);
  }

  /**
   * Pages elsewhere can have a browser send its cookie; none may embed a preview or ask it for
   * anything but to be opened.
   */
  private static void requireSameOrigin(String origin, Request request) throws PreviewRefusal {
    HttpFields headers = request.getHeaders();
    String site = Optional.ofNullable(headers.get("Sec-Fetch-Site")).orElse("none");
    String mode = Optional.ofNullable(headers.get("Sec-Fetch-Mode")).orElse("");
    String dest = Optional.ofNullable(headers.get("Sec-Fetch-Dest")).orElse("");
    String from = Optional.ofNullable(headers.get(HttpHeader.ORIGIN)).orElse(origin);
    boolean own = site.equals("same-origin") || site.equals("none");
    boolean opened = mode.equals("navigate") && dest.equals("document");
    boolean safe = SAFE.contains(request.getMethod());
    if (!from.equals(origin) || !(own || (opened && safe))) {
      throw new PreviewRefusal(
          403, "Not from another page", "Only its own pages may ask this preview for anything.");
    }
  }

  /** The token in a query, if it has one. */
  private static Optional<String> token(@org.jspecify.annotations.Nullable String query) {
    if (query == null) {
      return Optional.empty();
    }
    for (String pair : query.split("&", -1)) {
      if (isToken(pair)) {
        return Optional.of(pair.substring(pair.indexOf('=') + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean isToken(String pair) {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals);
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8).equals(PortPreviews.TOKEN);
    } catch (IllegalArgumentException notEncoded) {
      return false;
    }
  }

  /** The path and query that the program sees, as they were sent but for a token. */
  static String target(Request request) throws PreviewRefusal {
    String path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("");
    String query = request.getHttpURI().getQuery();
    StringBuilder target = new StringBuilder(path);
    if (query != null) {
      List<String> kept = new ArrayList<>();
      for (String pair : query.split("&", -1)) {
        if (!isToken(pair)) {
          kept.add(pair);
        }
      }
      if (!kept.isEmpty()) {
        target.append('?').append(String.join("&", kept));
      }
    }
    if (target.isEmpty()
        || target.charAt(0) != '/'
        || target.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '#')) {
      throw new PreviewRefusal(400, "Bad request", "The URL has characters that no URL has.");
    }
    return target.toString();
  }

  private static List<String> cookies(HttpFields headers) {
    return cookiePairs(headers).stream()
        .filter(PreviewAccess::isOurs)
        .map(pair -> pair.substring(pair.indexOf('=') + 1))
        .toList();
  }

  /** The cookies that the program sees. */
  static Optional<String> otherCookies(HttpFields headers) {
    List<String> kept = cookiePairs(headers).stream().filter(pair -> !isOurs(pair)).toList();
    return kept.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", kept));
  }

  private static boolean isOurs(String pair) {
    int equals = pair.indexOf('=');
    return (equals < 0 ? pair : pair.substring(0, equals)).strip().equalsIgnoreCase(COOKIE);
  }

  private static List<String> cookiePairs(HttpFields headers) {
    List<String> pairs = new ArrayList<>();
    for (HttpField field : headers) {
      if (field.getHeader() == HttpHeader.COOKIE && field.getValue() != null) {
        for (String pair : field.getValue().split(";", -1)) {
          if (!pair.isBlank()) {
            pairs.add(pair.strip());
          }
        }
      }
    }
    return pairs;
  }
}
