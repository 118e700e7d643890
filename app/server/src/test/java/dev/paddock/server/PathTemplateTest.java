package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PathTemplateTest {
  private static Map<String, String> match(String template, String path) {
    return PathTemplate.parse(template)
        .match(RequestPath.parse(path).segments())
        .orElse(Map.of("no", "match"));
  }

  @Test
  void templatesFit() {
    assertThat(match("/v1/a", "/v1/a")).isEmpty();
    assertThat(match("/v1/{id}/b", "/v1/x%2Fy/b")).isEqualTo(Map.of("id", "x/y"));
    assertThat(match("/v1/{id}:cancel", "/v1/x:cancel")).isEqualTo(Map.of("id", "x"));
    assertThat(match("/v1/{path**}", "/v1/a/b%2Fc/d")).isEqualTo(Map.of("path", "a/b/c/d"));
    assertThat(match("/v1/x/**", "/v1/x")).isEmpty();
    assertThat(match("/v1/x/**", "/v1/x/y/z")).isEmpty();
  }

  @Test
  void templatesDoNotFit() {
    for (String[] pair :
        new String[][] {
          {"/v1/a", "/v1/a/"},
          {"/v1/a", "/v1/A"},
          {"/v1/{id}", "/v1/"},
          {"/v1/{id}", "/v1/a/b"},
          {"/v1/{id}:cancel", "/v1/:cancel"},
          {"/v1/{id}:cancel", "/v1/x"},
          {"/v1/{path**}", "/v1/"},
          {"/v1/{path**}", "/v1"},
          {"/v1/x/**", "/v1"},
        }) {
      assertThat(match(pair[0], pair[1])).as(String.join(" ", pair)).containsKey("no");
    }
  }

  @Test
  void theMoreATemplateFixesTheEarlierItComes() {
    assertThat(
            Stream.of("/v1/**", "/v1/{path**}", "/v1/{id}", "/v1/{id}:go", "/v1/a", "/v1/a/{b}")
                .map(PathTemplate::parse)
                .sorted(PathTemplate.MOST_SPECIFIC_FIRST)
                .map(PathTemplate::text))
        .containsExactly("/v1/a/{b}", "/v1/a", "/v1/{id}:go", "/v1/{id}", "/v1/**", "/v1/{path**}");
  }

  @Test
  void malformedTemplatesAreBugs() {
    for (String template : List.of("/v1/{a**}/b", "/v1/x{a}", "/v1/*", "/v1/{a")) {
      assertThatThrownBy(() -> PathTemplate.parse(template))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
