package dev.paddock.web;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * Finds the part of a page that is read, after the idea of Arc90's Readability: paragraphs give
 * points to what is around them, links take them away.
 */
final class MainContent {
  private static final Set<String> PARAGRAPHS = Set.of("p", "pre", "td", "blockquote", "li", "dd");
  private static final int SHORTEST_PARAGRAPH = 25;

  /** Below this part of the whole text, what was found is not what is read. */
  private static final double LEAST_PART = 0.25;

  private final Map<Element, Integer> letters = new HashMap<>();
  private final Map<Element, Integer> linked = new HashMap<>();
  private final Map<Element, Double> points = new HashMap<>();

  private MainContent() {}

  static Element of(Element body) {
    MainContent content = new MainContent();
    content.count(body);
    return content
        .declared(body)
        .or(() -> content.best())
        .filter(found -> content.letters(found) >= LEAST_PART * content.letters(body))
        .orElse(body);
  }

  private int letters(Element element) {
    return letters.getOrDefault(element, 0);
  }

  /** Text and linked text of every element, and the points of paragraphs; in one walk. */
  private void count(Element body) {
    body.filter(
        new NodeFilter() {
          private int anchors;

          @Override
          public FilterResult head(Node node, int depth) {
            if (node instanceof Element element) {
              if (depth > 0 && Unread.is(element)) {
                return FilterResult.SKIP_ENTIRELY;
              }
              anchors += element.normalName().equals("a") ? 1 : 0;
            }
            if (node instanceof TextNode text) {
              Element parent = Objects.requireNonNull(text.parent());
              int length = text.text().strip().length();
              letters.merge(parent, length, Integer::sum);
              if (anchors > 0) {
                linked.merge(parent, length, Integer::sum);
              }
            }
            return FilterResult.CONTINUE;
          }

          @Override
          public FilterResult tail(Node node, int depth) {
            if (node instanceof Element element) {
              anchors -= element.normalName().equals("a") ? 1 : 0;
              Optional.ofNullable(element.parent()).ifPresent(parent -> up(element, parent));
            }
            return FilterResult.CONTINUE;
          }
        });
  }

  private void up(Element element, Element parent) {
    int own = letters(element);
    letters.merge(parent, own, Integer::sum);
    linked.merge(parent, linked.getOrDefault(element, 0), Integer::sum);
    if (own >= SHORTEST_PARAGRAPH && PARAGRAPHS.contains(element.normalName())) {
      double worth = (1 + Math.min(own / 100.0, 3)) * (1 - linkDensity(element));
      points.merge(parent, worth, Double::sum);
      Optional.ofNullable(parent.parent())
          .ifPresent(grand -> points.merge(grand, worth / 2, Double::sum));
    }
  }

  private double linkDensity(Element element) {
    return linked.getOrDefault(element, 0) / (double) Math.max(1, letters(element));
  }

  /** What the page itself says is read. */
  private Optional<Element> declared(Element body) {
    return Optional.ofNullable(body.selectFirst("main, [role=main]"))
        .or(
            () ->
                Optional.of(body.select("article"))
                    .filter(articles -> articles.size() == 1)
                    .map(articles -> articles.first()));
  }

  private Optional<Element> best() {
    return points.entrySet().stream()
        .max(
            (a, b) ->
                Double.compare(
                    a.getValue() * (1 - linkDensity(a.getKey())),
                    b.getValue() * (1 - linkDensity(b.getKey()))))
        .map(Map.Entry::getKey);
  }
}
