package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real package managers of this machine install from their real registries, in a session whose
 * agent names the hosts. Which these are the clients say themselves.
 */
@Tag("slow")
class RegistryTest {
  private static final String PIP_HOSTS =
      """
      from pip._internal.models.index import PyPI
      print(PyPI.netloc)
      print(PyPI.file_storage_domain)
      """;

  @TempDir Path folder;

  @Test
  void npmInstalls() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/npm")), "npm is not among a box's programs");
    URI registry = URI.create(output("npm", "config", "get", "registry").strip());
    assertThat(
            installed(
                List.of(registry.getHost()),
                "npm install --silent --no-audit --no-fund --registry %s is-number"
                        .formatted(registry)
                    + " && node -e \"console.log(require('is-number')(7))\""))
        .endsWith("true\n");
  }

  @Test
  void pipInstalls() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/pip")),
        "the system's pip is not among a box's programs");
    List<String> hosts = output("/usr/bin/python3", "-c", PIP_HOSTS).lines().toList();
    assertThat(
            installed(
                hosts,
                "/usr/bin/python3 -m pip install -q --no-deps --disable-pip-version-check"
                    + " --target t idna==3.10 && PYTHONPATH=t /usr/bin/python3 -c"
                    + " 'import idna; print(idna.__version__)'"))
        .endsWith("3.10\n");
  }

  /** The output of a command in a session that may reach these hosts. */
  private String installed(List<String> hosts, String command) throws Exception {
    assumeTrue(Machine.bridges(), "needs a sandbox and socat: see ./paddock doctor");
    for (String host : hosts) {
      assumeTrue(reachable(host), "a package registry cannot be reached from here: " + host);
    }
    Path agent = Files.createDirectories(folder.resolve("installer"));
    Files.writeString(
        agent.resolve("SKILL.md"),
        "---\nname: installer\ndescription: Installs.\n---\nInstall it.\n");
    Files.writeString(
        agent.resolve("agent.yaml"), "environment: {hosts: %s}\n".formatted(Json.write(hosts)));
    try (TestingOpenAi model =
        new TestingOpenAi(
            request ->
                TestingOpenAi.results(request) == 0
                    ? new Answer.Calls(
                        List.of(new Call("bash", Json.object().put("command", command))))
                    : new Answer.Text("done"))) {
      Program.Result run =
          new Program(folder)
              .with("OPENAI_BASE_URL", model.url())
              // where a mirror of the registry has an address that is not a public one
              .with("PADDOCK_PRIVATE_HOSTS", String.join(",", hosts))
              .run("run", agent.toString(), "--model", "openai/scripted", "--json");
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.lines().stream().map(Json::tree))
          .anySatisfy(
              event -> {
                assertThat(event.path("type").asText()).isEqualTo("paddock.egress_request");
                assertThat(event.path("verdict").asText()).isEqualTo("allowed");
                assertThat(hosts).contains(event.path("host").asText());
              });
      return run.lines().stream()
          .map(Json::tree)
          .filter(event -> event.path("type").asText().equals("agent.tool_result"))
          .map(event -> event.path("content").path(0).path("text").asText() + "\n")
          .map(text -> text.replace("\n\n", "\n"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean reachable(String host) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, 443), 5_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0).isTrue();
    return out;
  }
}
