package dev.paddock.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.PaddockException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random pages, URLs and answers of services: no crash, nothing unbounded. */
class WebFuzzTest {
  private static final int TIMES = Boolean.getBoolean("paddock.soak") ? 300_000 : 3_000;
  private static final String[] PIECES = {
    "<p>",
    "</p>",
    "<div hidden>",
    "</div>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<a href='",
    "'>",
    "</a>",
    "http://x.test/",
    "<ul>",
    "<li>",
    "</ul>",
    "<ol>",
    "</ol>",
    "<h1>",
    "</h1>",
    "<blockquote>",
    "</blockquote>",
    "<br>",
    "<hr>",
    "<img alt='x'>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "&amp;",
    "&#0;",
    "&#xD800;",
    "text ",
    "\n",
    "\t",
    "\u00a0",
    "\u202e",
    "\ud83d",
    "\ude00",
    "<svg>",
    "<math>",
    "</svg>",
    "<template>",
    "<",
    ">",
    "\"",
    "\0",
    "<![CDATA[",
    "]]>",
    "<main>",
    "<article>",
    "<b",
    " x=",
    "<title>",
    "</title>"
  };
  private static final String[] URLS = {
    "http",
    "https",
    "file",
    "://",
    ":",
    "/",
    "//",
    "@",
    "site.test",
    "127.0.0.1",
    "[::1]",
    "[",
    "]",
    "?",
    "#",
    "%",
    "%00",
    "\\",
    " ",
    "\u00e4",
    "\u200b",
    "..",
    "0x7f",
    ":80",
    ":99999",
    "\n",
    "&",
    "a"
  };

  private static String some(Random random, String[] pieces, int most) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      out.append(pieces[random.nextInt(pieces.length)]);
    }
    return out.toString();
  }

  @Test
  void pages() {
    Random random = new Random(1);
    for (int i = 0; i < TIMES; i++) {
      String html = some(random, PIECES, 60);
      String text = Page.read(html, "https://site.test/").text();
      assertThat(text.length()).as(html).isLessThan(10 * html.length() + 1000);
      assertThat(text.codePoints().anyMatch(WebText::invisible)).as(html).isFalse();
      assertThat(text.indexOf('\0')).as(html).isNegative();
    }
  }

  @Test
  void urlsAreReadTheSameWayTwice() {
    Random random = new Random(2);
    int read = 0;
    for (int i = 0; i < TIMES; i++) {
      String written = (random.nextBoolean() ? "http://site.test/" : "") + some(random, URLS, 8);
      try {
        WebUrl url = WebUrl.parse(written);
        read++;
        assertThat(WebUrl.parse(url.toString())).as(written).isEqualTo(url);
        assertThat(url.path()).as(written).matches("/[\\x21-\\x7e]*|\\?[\\x21-\\x7e]*");
      } catch (WebException refused) {
        assertThat(refused).hasMessageContaining("cannot fetch");
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void answersOfServices() throws IOException {
    Random random = new Random(3);
    List<SearchService> services = List.of(SearchService.values());
    int read = 0;
    for (int i = 0; i < TIMES; i++) {
      SearchService service = services.get(random.nextInt(services.size()));
      byte[] answer = SearchTest.recorded(service);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        answer[random.nextInt(answer.length)] =
            (byte) "{}[]\",:0x\\\0\u00ff".charAt(random.nextInt(12));
      }
      try {
        for (SearchHit hit : SearchTest.wire(service).hits(answer, Domains.ALL)) {
          assertThat(hit.snippet().length()).isLessThan(600);
          read++;
        }
      } catch (PaddockException refused) {
        String shown = new String(answer, StandardCharsets.UTF_8);
        assertThat(refused).as(shown).isInstanceOf(WebException.class);
      }
    }
    assertThat(read).isPositive();
  }
}
