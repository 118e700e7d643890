package dev.paddock.web;

import java.io.Reader;
import java.io.StringReader;
import java.time.Duration;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/**
 * What a person would read of an HTML page, as Markdown.
 *
 * @param title empty if it has none
 * @param text without scripts, navigation and what the page hides
 */
public record Page(String title, String text) {
  private static final int MAX_TITLE = 300;

  /** Ordinary pages take milliseconds; of one that is made to take long, a part is read. */
  private static final Duration PARSE_TIME = Duration.ofSeconds(5);

  public static Page read(String html, String url) {
    Reader start = new LimitedReader(new StringReader(html), PARSE_TIME);
    Document document = Parser.htmlParser().parseInput(start, url);
    Element main = MainContent.of(document.body());
    return new Page(WebText.shown(document.title(), MAX_TITLE), Markdown.of(main));
  }
}
