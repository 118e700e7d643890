package dev.paddock.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages made to keep a reader busy, or to break it: each ends, and its text is bounded. */
class HostilePageTest {
  private static final int TIMES = Boolean.getBoolean("paddock.soak") ? 1_000_000 : 100_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<div>",
        "<b>",
        "<a href=x>",
        "<p><b>",
        "<table>",
        "<table><tr><td>",
        "<ul><li>",
        "<ol>",
        "<blockquote>",
        "<pre>",
        "<font><i>",
        "<a><p>",
        "<svg>",
        "<math><mi>",
        "<select><option>",
        "<template>",
        "<form>",
        "<button>",
        "<h1>",
        "<nobr>",
        "<b><p></b>",
        "<a x=<",
        "<!--",
        "</p>",
        "&amp;",
        "&bogus;",
        "&#x41;",
        "&",
        "<",
        "<![CDATA[",
        "<div a='",
        "\u0000",
        "</br>",
        "<li>",
        "<dd><dt>",
        "<b a=1><b a=2>",
        "<frameset>",
        "<noscript>",
        "<title>",
        "<textarea>"
      })
  void veryManyOfThem(String piece) {
    Page page = Page.read(piece.repeat(TIMES), "https://site.test/");
    assertThat(page.text().length()).isLessThan(2 << 20);
    assertThat(page.title().length()).isLessThan(1000);
  }
}
