package dev.paddock.web;

import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/** What stands in a page, and nobody reads it there. */
final class Unread {
  private static final Set<String> MACHINERY =
      Set.of(
          "script",
          "style",
          "noscript",
          "template",
          "svg",
          "math",
          "iframe",
          "object",
          "embed",
          "canvas",
          "audio",
          "video",
          "form",
          "button",
          "input",
          "select",
          "textarea",
          "dialog",
          "link",
          "meta");

  /** Around what is read, but not of it. */
  private static final Set<String> AROUND = Set.of("nav", "footer", "aside", "menu");

  private static final Set<String> ROLES =
      Set.of("navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu");

  private static final Pattern INVISIBLE =
      Pattern.compile("(display\\s*:\\s*none|visibility\\s*:\\s*hidden)", Pattern.CASE_INSENSITIVE);

  private Unread() {}

  static boolean is(Element element) {
    String name = element.normalName();
    return MACHINERY.contains(name)
        || AROUND.contains(name)
        || ROLES.contains(element.attr("role"))
        || hidden(element);
  }

  /** What no reader sees must not speak to a model. */
  private static boolean hidden(Element element) {
    return element.hasAttr("hidden")
        || element.attr("aria-hidden").equals("true")
        || INVISIBLE.matcher(element.attr("style")).find();
  }
}
