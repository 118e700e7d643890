package dev.paddock.web;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/** Writes an element as Markdown, in one walk that needs no stack of its own. */
final class Markdown implements NodeFilter {
  private static final int MAX_CHARS = 1 << 20;
  private static final int MAX_DEPTH = 20;

  private static final Set<String> BLOCKS =
      Set.of(
          "p",
          "div",
          "section",
          "article",
          "main",
          "header",
          "figure",
          "figcaption",
          "dl",
          "dt",
          "dd",
          "ul",
          "ol",
          "table",
          "thead",
          "tbody",
          "blockquote",
          "pre",
          "details",
          "summary",
          "address",
          "fieldset",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "hr",
          "center",
          "caption");

  private static final Set<String> TIGHT = Set.of("dt", "dd", "caption", "thead", "tbody");

  private final StringBuilder out = new StringBuilder();
  private final Deque<ListAt> lists = new ArrayDeque<>();
  private final Deque<Integer> links = new ArrayDeque<>();
  private int quotes;
  private int pre;
  private int cells;
  private int rowCells;
  private int tableRows;
  private int breaks = 2;
  private boolean blank;

  /** A list that is being written. */
  private static final class ListAt {
    private final boolean numbered;
    private int items;

    ListAt(boolean numbered) {
      this.numbered = numbered;
    }
  }

  private Markdown() {}

  static String of(Element element) {
    Markdown markdown = new Markdown();
    element.filter(markdown);
    return markdown.out.toString().strip();
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (out.length() > MAX_CHARS) {
      return FilterResult.STOP;
    }
    if (node instanceof TextNode text) {
      text(text);
    } else if (node instanceof Element element) {
      if (depth > 0 && Unread.is(element)) {
        return FilterResult.SKIP_ENTIRELY;
      }
      begin(element);
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      end(element);
    }
    return FilterResult.CONTINUE;
  }

  private void begin(Element element) {
    String name = element.normalName();
    if (BLOCKS.contains(name)) {
      newLines(TIGHT.contains(name) || !lists.isEmpty() ? 1 : 2);
    }
    switch (name) {
      case "h1", "h2", "h3", "h4", "h5", "h6" -> {
        if (inline()) {
          write("**");
        } else {
          write("#".repeat(name.charAt(1) - '0') + " ");
        }
      }
      case "ul", "ol" -> lists.push(new ListAt(name.equals("ol")));
      case "li" -> item();
      case "blockquote" -> quotes++;
      case "pre" -> {
        if (!inline()) {
          write("```");
          newLines(1);
        }
        pre++;
      }
      case "code", "kbd", "samp" -> code();
      case "br" -> newLines(1);
      case "hr" -> {
        write("---");
        newLines(2);
      }
      case "img" -> image(element);
      case "a" -> {
        if (blank) {
          flushBlank();
        }
        links.push(out.length());
      }
      case "tr" -> {
        newLines(1);
        rowCells = 0;
      }
      case "td", "th" -> {
        write(rowCells++ == 0 ? "| " : " | ");
        breaks = 2;
        cells++;
      }
      case "table" -> tableRows = 0;
      default -> {}
    }
  }

  private void end(Element element) {
    String name = element.normalName();
    switch (name) {
      case "h1", "h2", "h3", "h4", "h5", "h6" -> {
        if (inline()) {
          write("** ");
        }
      }
      case "ul", "ol" -> lists.poll();
      case "blockquote" -> quotes--;
      case "pre" -> {
        pre--;
        if (!inline()) {
          newLines(1);
          write("```");
        }
      }
      case "code", "kbd", "samp" -> code();
      case "a" -> link(element);
      case "td", "th" -> {
        cells--;
        blank = false;
      }
      case "tr" -> row();
      default -> {}
    }
    if (BLOCKS.contains(name)) {
      newLines(TIGHT.contains(name) || !lists.isEmpty() ? 1 : 2);
    }
  }

  /** Whether a line must not end here. */
  private boolean inline() {
    return cells > 0 || !links.isEmpty();
  }

  private void item() {
    newLines(1);
    ListAt list = lists.isEmpty() ? new ListAt(false) : lists.peek();
    list.items++;
    write("  ".repeat(Math.clamp(lists.size() - 1L, 0, MAX_DEPTH)));
    write(list.numbered ? list.items + ". " : "- ");
    breaks = 2;
  }

  private void row() {
    if (rowCells == 0) {
      return;
    }
    write(" |");
    if (tableRows++ == 0) {
      newLines(1);
      write("|" + " --- |".repeat(Math.min(rowCells, 100)));
    }
    newLines(1);
    rowCells = 0;
  }

  private void link(Element element) {
    int start = links.isEmpty() ? out.length() : links.pop();
    String address = element.absUrl("href");
    if (start >= out.length() || !address.matches("(?s)(https?|mailto):.*")) {
      return;
    }
    String text = out.substring(start).strip();
    if (text.isEmpty()) {
      return;
    }
    String lead = out.substring(start).startsWith("\n") ? "\n" : "";
    out.setLength(start);
    out.append(lead).append('[').append(text).append("](").append(plain(address)).append(')');
  }

  private static String plain(String address) {
    String text = address.length() > 2000 ? address.substring(0, 2000) : address;
    return WebText.readable(text).replaceAll("\\s", "").replace("(", "%28").replace(")", "%29");
  }

  private void image(Element element) {
    String said = element.attr("alt").strip();
    if (!said.isEmpty()) {
      text("[image: " + said + "]");
    }
  }

  private void code() {
    if (pre == 0) {
      write("`");
    }
  }

  private void text(TextNode node) {
    if (pre > 0 && cells == 0) {
      node.getWholeText().codePoints().forEach(this::verbatim);
    } else {
      text(node.getWholeText());
    }
  }

  private void verbatim(int c) {
    if (out.length() > MAX_CHARS) {
      return;
    }
    if (c == '\n') {
      out.append('\n');
      breaks = 1;
    } else if (c == '\t' || !(Character.isISOControl(c) || WebText.invisible(c))) {
      indent();
      out.appendCodePoint(c);
      breaks = 0;
    }
  }

  private void text(String text) {
    for (int i = 0; i < text.length() && out.length() <= MAX_CHARS; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || c == 0xA0) {
        space();
      } else if (!Character.isISOControl(c) && !WebText.invisible(c)) {
        flushBlank();
        out.appendCodePoint(c);
        breaks = 0;
      }
    }
  }

  private void space() {
    blank = true;
  }

  private void flushBlank() {
    if (blank && breaks == 0) {
      out.append(' ');
    }
    blank = false;
    indent();
  }

  private void write(String text) {
    flushBlank();
    out.append(text);
    if (!text.isEmpty()) {
      breaks = 0;
    }
  }

  private void indent() {
    boolean lineStart = out.isEmpty() || out.charAt(out.length() - 1) == '\n';
    if (lineStart && quotes > 0) {
      out.append("> ".repeat(Math.min(quotes, MAX_DEPTH)));
    }
  }

  private void newLines(int count) {
    if (inline()) {
      space();
      return;
    }
    blank = false;
    while (breaks < count) {
      out.append('\n');
      breaks++;
    }
  }
}
