package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input is one clear line on stderr, nothing on stdout, and exit code 2. */
class WrongInputTest {
  @TempDir Path folder;
  private Path agent = Path.of("");

  @BeforeEach
  void writeAgent() throws IOException {
    agent = Files.createDirectory(folder.resolve("helper"));
    skill("---\nname: helper\ndescription: Helps.\n---\nHelp.\n");
  }

  private void skill(String text) throws IOException {
    Files.writeString(agent.resolve("SKILL.md"), text);
  }

  private void refused(String expected, String... arguments) {
    refused(new Program(folder), expected, arguments);
  }

  private static void refused(Program program, String expected, String... arguments) {
    Program.Result result = program.run(arguments);
    assertThat(result.err()).contains(expected);
    assertThat(result.err().strip().lines().toList()).as(result.err()).hasSizeLessThanOrEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.exit()).as(result.err()).isEqualTo(2);
  }

  @Test
  void noSuchAgent() {
    refused("there is no agent \"nobody\"", "run", "nobody");
  }

  @Test
  void badFrontMatter() throws IOException {
    skill("---\nname: helper\ndescription: Helps.\ncolour: red\n---\n");
    refused("SKILL.md:4", "run", agent.toString());
    skill("no front matter");
    refused("SKILL.md:1", "run", agent.toString());
  }

  @Test
  void unknownModel() {
    refused("no model \"nosuch-model\"", "run", agent.toString(), "--model", "nosuch-model");
    refused("openai is not configured", "run", agent.toString(), "--model", "openai/gpt-x");
  }

  @Test
  void noSuchFolder() {
    refused("no such folder", "run", agent.toString(), "--in", folder.resolve("absent").toString());
  }

  @Test
  void outIsNotWritable() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "a file");
    refused(file.toString(), "run", agent.toString(), "--out", file.resolve("out").toString());
  }

  @Test
  void outInsideIn() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    refused(
        "lies in the input folder",
        "run",
        agent.toString(),
        "--in",
        in.toString(),
        "--out",
        in.resolve("out").toString());
  }

  @Test
  void corruptModelFile() throws IOException {
    Path file = Files.write(folder.resolve("broken.gguf"), new byte[100]);
    refused("broken.gguf", "models", "show", file.toString());
    refused("broken.gguf", "models", "pull", file.toString());
  }

  @Test
  void wrongKeyInConfig() throws IOException {
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("home/config.toml"), "[models]\n\n[colours]\nred = 1\n");
    refused("config.toml line 3: unknown key \"colours\"", "sessions", "list");
  }

  @Test
  void wrongKeyInAgentYaml() throws IOException {
    Files.writeString(agent.resolve("agent.yaml"), "effort: low\ntemperature: 2\n");
    refused("agent.yaml:2", "run", agent.toString());
  }

  @Test
  void limitsThatNoSandboxCanKeep() throws IOException {
    Files.writeString(agent.resolve("agent.yaml"), "environment: {limits: {workspace: 10KiB}}\n");
    refused("environment.limits: a sandbox needs at least", "run", agent.toString());
  }

  @Test
  void aBudgetInMoneyForAModelWithoutAPrice() throws IOException {
    Files.writeString(agent.resolve("agent.yaml"), "budget: {usd: 0.5}\n");
    Program program = new Program(folder).with("OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    refused(
        program,
        "[prices.\"openai/unpriced\"]",
        "run",
        agent.toString(),
        "--model",
        "openai/unpriced");
  }

  @Test
  void schemaThatIsNoSchema() throws IOException {
    Files.writeString(agent.resolve("agent.yaml"), "output: answer.json\n");
    Files.writeString(agent.resolve("answer.json"), "{\"type\": \"strin\"}");
    refused("answer.json is no JSON Schema", "run", agent.toString());
  }

  @Test
  void aTypingMistakeInACommand() {
    refused("paddock", "sesions");
    refused("give an AGENT", "run");
    refused("Unknown option", "run", agent.toString(), "--fast");
  }

  @Test
  void aFolderThatNobodyMayRead() {
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root may read everything");
    Path secret = folder.resolve("secret");
    assertThat(secret.toFile().mkdir()).isTrue();
    assertThat(secret.toFile().setReadable(false)).isTrue();
    refused("cannot be read", "run", agent.toString(), "--in", secret.toString());
  }
}
