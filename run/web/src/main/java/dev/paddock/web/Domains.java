package dev.paddock.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which hosts an agent's tool may touch: a domain stands for itself and all below it, with a path
 * for what begins with it. An empty list of allowed ones allows all.
 */
public record Domains(List<String> allowed, List<String> blocked) {
  public static final Domains ALL = new Domains(List.of(), List.of());

  public Domains {
    allowed = allowed.stream().map(Domains::plain).toList();
    blocked = blocked.stream().map(Domains::plain).toList();
  }

  /** {@code allowed_domains} and {@code blocked_domains} of a tool's configuration or call. */
  public static Domains read(JsonNode config) {
    return new Domains(
        texts(config.path("allowed_domains")), texts(config.path("blocked_domains")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static String plain(String domain) {
    return domain
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceFirst("^https?://", "")
        .replaceFirst("^\\*?\\.", "")
        .replaceFirst("/+$", "");
  }

  public boolean allow(WebUrl url) {
    return (allowed.isEmpty() || names(allowed, url)) && !names(blocked, url);
  }

  private static boolean names(List<String> domains, WebUrl url) {
    return domains.stream().anyMatch(domain -> names(domain, url));
  }

  private static boolean names(String domain, WebUrl url) {
    int slash = domain.indexOf('/');
    String name = slash < 0 ? domain : domain.substring(0, slash);
    String host = url.host().text();
    boolean same = host.equals(name) || host.endsWith("." + name);
    return same && (slash < 0 || below(domain.substring(slash), url.path()));
  }

  private static boolean below(String prefix, String path) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || "/?".indexOf(path.charAt(prefix.length())) >= 0);
  }
}
