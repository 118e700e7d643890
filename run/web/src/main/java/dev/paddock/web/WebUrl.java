package dev.paddock.web;

import dev.paddock.core.PaddockException;
import dev.paddock.egress.Host;
import dev.paddock.egress.Target;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An {@code http} or {@code https} URL, read once and strictly: without a user name, its host in
 * the one spelling that rules are matched with.
 *
 * @param path with the query, in visible ASCII; the fragment is left out
 */
public record WebUrl(boolean tls, Target target, String path) {
  private static final int LONGEST = 4096;
  private static final int LONGEST_SHOWN = 200;

  /**
   * Reads a URL as people and models write it; without a scheme it is {@code https}.
   *
   * @throws WebException that says what is wrong with it
   */
  public static WebUrl parse(String written) {
    String text = written.strip();
    if (text.isEmpty() || text.length() > LONGEST) {
      throw wrong(text, "a URL has 1 to %,d characters".formatted(LONGEST));
    }
    boolean bare = text.matches("[A-Za-z0-9][A-Za-z0-9.-]*\\.[A-Za-z]{2,}(:[0-9]+)?(/.*)?");
    return of(uri(bare ? "https://" + text : text), written);
  }

  /** Where a link or redirect of the page at this URL leads. */
  public WebUrl resolve(String location) {
    if (location.length() > LONGEST) {
      throw wrong(location, "a URL has 1 to %,d characters".formatted(LONGEST));
    }
    return of(uri(toString()).resolve(uri(location.strip())), location);
  }

  private static WebUrl of(URI uri, String written) {
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if (!tls && !scheme.equals("http")) {
      throw wrong(written, "only http and https URLs are fetched");
    }
    String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
    String path = Optional.ofNullable(uri.getRawPath()).filter(p -> !p.isEmpty()).orElse("/");
    String query = Optional.ofNullable(uri.getRawQuery()).map(q -> "?" + q).orElse("");
    try {
      return new WebUrl(tls, Target.parse(authority, tls ? 443 : 80), path + query);
    } catch (PaddockException e) {
      throw wrong(written, e.getMessage());
    }
  }

  private static URI uri(String text) {
    try {
      return new URI(escaped(text));
    } catch (URISyntaxException e) {
      throw wrong(text, "it is no URL: " + e.getReason());
    }
  }

  /** With what must not stand in a URL escaped; a host in another script becomes its xn-- form. */
  private static String escaped(String text) {
    int host = text.indexOf("://") + 3;
    int end = host;
    while (host >= 3 && end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    StringBuilder out = new StringBuilder();
    if (host >= 3) {
      out.append(text, 0, host).append(asciiHost(text.substring(host, end)));
    } else {
      end = 0;
    }
    text.substring(end)
        .codePoints()
        .forEach(
            c -> {
              if (c < ' ' || c == 127) {
                throw wrong(text, "it has control characters");
              }
              if (c > 127 || " \"<>\\^`{|}".indexOf(c) >= 0) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  out.append('%').append(String.format("%02X", b & 0xFF));
                }
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  private static String asciiHost(String authority) {
    if (authority.chars().allMatch(c -> c < 128)) {
      return authority;
    }
    try {
      return IDN.toASCII(authority, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      throw wrong(authority, "it names no host");
    }
  }

  private static WebException wrong(String written, String why) {
    String shown =
        written.length() > LONGEST_SHOWN ? written.substring(0, LONGEST_SHOWN) + "…" : written;
    return WebException.invalid("cannot fetch \"%s\": %s".formatted(shown, why));
  }

  public Host host() {
    return target.host();
  }

  /** In one spelling: the port only where it is not the scheme's. */
  @Override
  public String toString() {
    boolean usual = target.port() == (tls ? 443 : 80);
    return (tls ? "https://" : "http://")
        + (usual ? target.host().text() : target.toString())
        + path;
  }
}
