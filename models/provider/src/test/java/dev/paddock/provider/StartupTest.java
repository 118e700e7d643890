package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a process loads, seen from another one. */
final class StartupTest {
  private static String loadedBy(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load:stdout:none",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  @Test
  void aLocalModelNeedsNoHttpAndNoAdapter() throws Exception {
    assertThat(loadedBy("local"))
        .contains("dev.paddock.provider.Models ")
        .doesNotContain(
            "java.net.http.HttpClient",
            "dev.paddock.provider.Http ",
            "HttpModel ",
            "OpenAi",
            "Anthropic",
            "Gemini");
  }

  @Test
  void oneAdapterLoadsNoOther() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.events(
          "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},"
              + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
      assertThat(loadedBy("openai", server.url() + "/v1"))
          .contains("dev.paddock.provider.OpenAiDecoder ")
          .doesNotContain("dev.paddock.provider.Anthropic", "dev.paddock.provider.Gemini");
    }
  }

  /** The other process. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      Map<String, String> environment =
          arguments.length > 1
              ? Map.of("OPENAI_BASE_URL", arguments[1])
              : Map.of("OPENAI_API_KEY", "k", "ANTHROPIC_API_KEY", "k", "GEMINI_API_KEY", "k");
      List<ModelFactory> factories = new ArrayList<>(Providers.from(environment));
      factories.add(new TestingModelFactory("local", true));
      try (Models models = new Models(factories, Map.of())) {
        if (arguments[0].equals("local")) {
          models.open(models.resolve("local/smollm2-135m-instruct"));
          return;
        }
        try (ModelStream stream =
            models.open("openai/gpt-x").stream(ModelRequest.of(List.of(Message.User.of("hi"))))) {
          while (!stream.next().equals(Optional.empty())) {
            // Until the end.
          }
        }
      }
    }
  }
}
