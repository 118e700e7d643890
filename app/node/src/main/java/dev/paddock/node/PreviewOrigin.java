package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origins of previews: each has a host name of its own, whose first label is the preview's id.
 *
 * @param suffix what follows the id in a host name, with its dot
 * @param port with its colon; empty for the scheme's own
 */
public record PreviewOrigin(String scheme, String suffix, String port) {
  private static final Pattern TEMPLATE =
      Pattern.compile(
          "(https?)://\\{id}((?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)(:(?:\\d{1,5}|PORT))?/?");

  /**
   * Reads {@code PADDOCK_PREVIEW_URL}.
   *
   * @param listening what {@code PORT} in it stands for
   */
  public static PreviewOrigin parse(String template, int listening) {
    Matcher parts = TEMPLATE.matcher(template.strip());
    if (!parts.matches()) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "PADDOCK_PREVIEW_URL must be such as https://{id}.previews.example:8443, with {id} as the"
              + " first label of the host and no path, not \"%s\"".formatted(template));
    }
    String port = Optional.ofNullable(parts.group(3)).orElse("");
    return new PreviewOrigin(
        parts.group(1), parts.group(2), port.replace("PORT", Integer.toString(listening)));
  }

  /** What previews have where nothing else is set. */
  public static PreviewOrigin local(String scheme, int listening) {
    return new PreviewOrigin(scheme, ".localhost", ":" + listening);
  }

  public boolean secure() {
    return scheme.equals("https");
  }

  /** As browsers write it. */
  public String of(String id) {
    String usual = secure() ? ":443" : ":80";
    return scheme + "://" + host(id) + (port.equals(usual) ? "" : port);
  }

  private String host(String id) {
    return id + suffix;
  }

  /** Whether a host name is a preview's, of whatever id; nothing else is answered there. */
  public boolean owns(String host) {
    return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "").endsWith(suffix);
  }

  /** The id in a host name that is a preview's. */
  public String id(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    return name.substring(0, name.length() - suffix.length());
  }
}
