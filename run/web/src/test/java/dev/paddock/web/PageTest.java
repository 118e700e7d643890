package dev.paddock.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** HTML as a person reads it. */
class PageTest {
  private static String text(String html) {
    return Page.read(html, "https://site.test/a/b").text();
  }

  @Test
  void headingsParagraphsListsAndCode() {
    assertThat(
            text(
                """
                <title> A  page </title><h1>One</h1><p>Some <b>bold</b>
                 text<br>next</p><ul><li>a<li>b<ol><li>c<li>d</ol></ul>
                <p>run <code>x &lt; y</code></p><pre><code>if x:
                  y
                </code></pre><blockquote><p>said</p></blockquote>
                """))
        .isEqualTo(
            """
            # One

            Some bold text
            next

            - a
            - b
              1. c
              2. d

            run `x < y`

            ```
            if x:
              y
            ```

            > said""");
  }

  @Test
  void tablesAndLinks() {
    assertThat(
            text(
                """
                <table><tr><th>n</th><th>v</th></tr><tr><td>1</td><td><p>a</p><p>b</p></td></tr></table>
                <a href="../c?x=(1)">see <i>this</i></a> <a href="javascript:alert(1)">no</a>
                <a href=""><img src=x alt="a cat"></a>
                """))
        .isEqualTo(
            """
            | n | v |
            | --- | --- |
            | 1 | a b |

            [see this](https://site.test/c?x=%281%29) no [[image: a cat]](https://site.test/a/b)""");
  }

  @Test
  void whatNobodyReadsIsLeftOut() {
    String text =
        text(
            """
            <body><nav>Menu</nav><script>bad()</script><style>p{}</style><p>Seen\u200b here.</p>
            <p hidden>secret one</p><p style="color:red; display : none">secret two</p>
            <div aria-hidden=true>secret three</div><!-- secret four --><noscript>five</noscript>
            <template>six</template><form>seven</form><p>\u202eturned</p><footer>Imprint</footer>
            """);
    assertThat(text).isEqualTo("Seen here.\n\nturned");
  }

  @Test
  void theMainPartIsFound() {
    String story = "<p>" + "A sentence, with commas, that goes on and on. ".repeat(10) + "</p>";
    String links = "<div>" + "<a href=/x>Some other page of the site</a> ".repeat(20) + "</div>";
    String text = text(links + "<div><div>" + story.repeat(4) + "</div></div>" + links);
    assertThat(text).startsWith("A sentence").doesNotContain("other page");
    assertThat(text("<main>short</main>" + "<p>" + "word ".repeat(500)))
        .as("what says it is the main part, and is not")
        .contains("word");
  }

  @Test
  void theTitleIsThePages() {
    assertThat(Page.read("<title>T &amp; U</title>x", "https://site.test/").title())
        .isEqualTo("T & U");
  }
}
