package dev.paddock.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.egress.EgressRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How search services are asked, and how what they answer is read. */
class SearchTest {
  private static final Domains DOMAINS = new Domains(List.of("a.test"), List.of());

  static SearchWire wire(SearchService service) {
    String url = service.url().orElse("http://site.test:8080/sub/");
    return new SearchWire(new SearchSettings(service, WebUrl.parse(url), Optional.of("the-key")));
  }

  /** As SearXNG 2026.8 answered; the others as their documentation has it. */
  static byte[] recorded(SearchService service) throws IOException {
    try (InputStream in = SearchTest.class.getResourceAsStream(service.text() + ".json")) {
      return Objects.requireNonNull(in, service.text()).readAllBytes();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasRecordedIsRead(SearchService service) throws IOException {
    List<SearchHit> hits = wire(service).hits(recorded(service), Domains.ALL);
    assertThat(hits).hasSize(2);
    assertThat(hits.getFirst().url()).hasToString("https://docs.example.org/start");
    assertThat(hits.getFirst().title()).isEqualTo("Getting started");
    assertThat(hits.getFirst().snippet()).isEqualTo("How to begin & go on.");
    assertThat(
            wire(service).hits(recorded(service), new Domains(List.of("example.net"), List.of())))
        .singleElement()
        .extracting(hit -> hit.url().toString())
        .isEqualTo("https://blog.example.net/x?a=b");
  }

  @Test
  void eachServiceIsAskedInItsOwnWay() {
    SearchQuery query = new SearchQuery("a \"b\" & c", DOMAINS, Optional.of("de"));
    EgressRequest searxng = wire(SearchService.SEARXNG).request(query);
    assertThat(searxng.path())
        .isEqualTo("/sub/search?q=a+%22b%22+%26+c+%28site%3Aa.test%29&format=json");
    EgressRequest brave = wire(SearchService.BRAVE).request(query);
    assertThat(brave.path()).startsWith("/res/v1/web/search?q=").endsWith("&count=10&country=de");
    assertThat(brave.fields()).containsEntry("X-Subscription-Token", "the-key");
    EgressRequest tavily = wire(SearchService.TAVILY).request(query);
    assertThat(tavily.fields()).containsEntry("Authorization", "Bearer the-key");
    assertThat(Json.tree(tavily.body()).path("include_domains").path(0).asText())
        .isEqualTo("a.test");
    EgressRequest exa = wire(SearchService.EXA).request(query);
    assertThat(exa.fields()).containsEntry("x-api-key", "the-key");
    assertThat(exa.method()).isEqualTo("POST");
    assertThat(Json.tree(exa.body()).path("numResults").asInt()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{\"results\": {}}", "{\"results\": \"x\"}", "{"})
  void whatIsNoAnswerIsAnError(String answer) {
    assertThatThrownBy(
            () ->
                wire(SearchService.SEARXNG)
                    .hits(answer.getBytes(StandardCharsets.UTF_8), Domains.ALL))
        .isInstanceOf(WebException.class)
        .hasMessageContaining("searxng");
  }

  @Test
  void resultsAreBoundedAndOfTheWeb() {
    StringBuilder many = new StringBuilder("{\"results\": [");
    many.append("{\"url\": \"javascript:x\", \"title\": \"no\"},");
    many.append("{\"url\": \"magnet:?x\", \"title\": \"no\"}, 1, null, [],");
    for (int i = 0; i < 50; i++) {
      many.append(
          "{\"url\": \"http://x.test/%d\", \"title\": \"%s\", \"content\": 7},"
              .formatted(i, "t".repeat(5000)));
    }
    many.append("{}]}");
    List<SearchHit> hits =
        wire(SearchService.SEARXNG)
            .hits(many.toString().getBytes(StandardCharsets.UTF_8), Domains.ALL);
    assertThat(hits).hasSize(SearchWire.MOST_HITS);
    assertThat(hits.getFirst().title().length()).isLessThan(250);
  }

  @Test
  void aServiceThatRefusesIsTold() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "web");
    String forbidden = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
    try (TestingWeb web =
        new TestingWeb(
            folder, (path, out) -> out.write(forbidden.getBytes(StandardCharsets.US_ASCII)))) {
      SearchSettings settings =
          new SearchSettings(SearchService.SEARXNG, WebUrl.parse(web.url("/")), Optional.empty());
      ToolResult result =
          TestingWeb.call(
              new WebSearchTool(settings, web::client, Json::object),
              Json.object().put("query", "x"),
              Duration.ofMinutes(1));
      assertThat(result.isError()).isTrue();
      assertThat(TestingWeb.text(result)).contains("403").contains("search.formats");
    }
    Files.deleteIfExists(folder.resolve("e"));
    Files.delete(folder);
  }
}
