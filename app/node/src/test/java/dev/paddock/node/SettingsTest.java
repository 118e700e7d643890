package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.egress.Host;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void anAbsentFileMeansDefaults() {
    Settings settings = Settings.read(folder.resolve("config.toml"));
    assertThat(settings.models()).isEmpty();
    assertThat(settings.sandbox().idle()).hasMinutes(15);
  }

  @Test
  void readsModelsAndPrices() {
    Settings settings =
        Settings.parse(
            "config.toml",
            """
            [models]
            "claude-*" = "openai/gpt-x"
            [prices."openai/gpt-x"]
            input = 1.25
            output = 10
            """);
    assertThat(settings.models()).containsEntry("claude-*", "openai/gpt-x");
    assertThat(settings.prices().get("openai/gpt-x"))
        .isEqualTo(Map.of("input", new BigDecimal("1.25"), "output", BigDecimal.TEN));
  }

  @Test
  void readsWhatManifestsMayHave() {
    WorkspaceSettings settings =
        Settings.parse(
                "config.toml",
                """
                [workspace]
                extra_paths = ["/srv/a"]
                mount_bytes = 7
                [secrets.store]
                from = "env:STORE"
                hosts = ["*.example.org"]
                """)
            .workspace();
    assertThat(settings.extraPaths()).containsExactly(Path.of("/srv/a"));
    assertThat(settings.mountBytes()).isEqualTo(7);
    WorkspaceSettings.Secret secret =
        Optional.ofNullable(settings.secrets().get("store")).orElseThrow();
    assertThat(secret.value(Map.of("STORE", "x"))).contains("x");
    assertThat(secret.value(Map.of())).isEmpty();
    assertThat(secret.isFor(List.of(Host.parse("a.example.org")))).isTrue();
    assertThat(secret.isFor(List.of(Host.parse("a.example.org"), Host.parse("evil.test"))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "colour = 1|line 1: unknown key \"colour\"",
        "[models]\\n\"a\" = 3|line 2: models.\"a\" must be a model reference",
        "[models]\\n\\n[prices.\"x/y\"]\\ninput = 1\\nprice = 2|line 5: unknown key \"prices.x/y.price\"",
        "[prices.\"x/y\"]\\ninput = -1|line 2: prices.\"x/y\".input must be",
        "[sandbox]\\nplace = \"moon\"|line 2: there is no place \"moon\"",
        "[sandbox]\\nplace = 3|line 2: sandbox.place must be a text",
        "[sandbox.moon]\\nimage = \"x\"|line 1: unknown key \"sandbox.moon\"",
        "[sandbox.testing]\\nimage = \"x\"\\ncolour = 1|line 3: unknown key \"sandbox.testing.colour\"",
        "[sandbox]\\nidle_minutes = 0|line 2: sandbox.idle_minutes must be a whole number",
        "[sandbox]\\nidle_minutes = 1.5|line 2: sandbox.idle_minutes must be a whole number",
        "[sandbox]\\nidle = 5|line 2: unknown key \"sandbox.idle\"",
        "[workspace]\\nextra_paths = [\"data\"]|line 2: workspace.extra_paths are absolute paths",
        "[workspace]\\nextra = 1|line 2: unknown key \"workspace.extra\"",
        "[workspace]\\nmount_bytes = \"1\"|line 2: workspace.mount_bytes must be a whole number",
        "[secrets.a]\\nfrom = \"plain\"\\nhosts = [\"h\"]|line 1: secrets.a.from must be",
        "[secrets.a]\\nfrom = \"env:A\"|line 1: secrets.a.hosts must name the hosts",
        "[secrets.a]\\nfrom = \"env:A\"\\nhosts = [\"h/x\"]|line 1: secrets.a.hosts: ",
        "[models|line 1",
        "a = 1\\na = 2|line 2"
      })
  void aWrongLineIsNamed(String toml, String expected) {
    assertThatThrownBy(() -> Settings.parse("config.toml", toml.replace("\\n", "\n")))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("config.toml " + expected);
  }

  @Test
  void aSearchServiceIsNamedWithItsAddressAndItsKeysVariable() {
    Settings.WebSearch own =
        Settings.parse(
                "c.toml",
                "[web_search]\nprovider = \"searxng\"\nurl = \"http://127.0.0.1:8080/\"\n")
            .webSearch()
            .orElseThrow();
    assertThat(own.url()).hasToString("http://127.0.0.1:8080/");
    assertThat(own.keyVariable()).isEmpty();
    Settings.WebSearch hosted =
        Settings.parse("c.toml", "[web_search]\nprovider = \"brave\"\n").webSearch().orElseThrow();
    assertThat(hosted.url().tls()).isTrue();
    assertThat(hosted.keyVariable()).contains("BRAVE_API_KEY");
    assertThat(Settings.parse("c.toml", "").webSearch()).isEmpty();
  }

  @Test
  void aSearchServiceThatCannotBeReachedIsRefusedWithItsLine() {
    for (String[] wrong :
        new String[][] {
          {"provider = \"altavista\"", "line 2", "searxng, brave, tavily, exa"},
          {"provider = \"searxng\"", "line 2", "web_search.url"},
          {"url = \"http://x.test\"", "line 1", "web_search.provider"},
          {"provider = \"exa\"\nurl = \"ftp://x.test\"", "line 3", "only http and https"},
          {"provider = \"exa\"\nkey_env = \"sk-123\"", "line 3", "not a key"},
          {"provider = \"exa\"\nkey = \"sk-123\"", "line 3", "unknown key"}
        }) {
      assertThatThrownBy(() -> Settings.parse("c.toml", "[web_search]\n" + wrong[0]))
          .isInstanceOf(NodeException.class)
          .hasMessageContaining(wrong[1])
          .hasMessageContaining(wrong[2])
          .hasMessageNotContaining("sk-123");
    }
  }
}
