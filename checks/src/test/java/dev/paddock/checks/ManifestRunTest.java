package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code paddock run} in a workspace that a manifest names. */
@Tag("slow")
class ManifestRunTest {
  private static final Pattern SESSION = Pattern.compile("sesn_[0-9a-z]+");

  @TempDir Path folder;
  private Path agent;

  @BeforeEach
  void makeAgent() throws IOException {
    assumeTrue(Machine.confines(), Machine.whyNot());
    agent = Files.createDirectories(folder.resolve("worker"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: worker\ndescription: Works.\n---\nDo as told.\n");
    Files.createDirectories(agent.resolve("data/deep"));
    Files.writeString(agent.resolve("data/deep/rows.csv"), "a,b\n");
    Files.writeString(
        agent.resolve("agent.yaml"),
        """
        manifest:
          entries:
            notes.md: {type: file, content: "Begin.\\n", permissions: {owner: 6, group: 4, other: 4}}
            in: {type: local_dir, src: data}
            work: {type: dir, ephemeral: true, children: {tmp: {type: dir}}}
          environment: {value: {STAGE: "test one"}}
          users: [{name: ann}]
          groups: [{name: staff, users: [{name: ann}]}]
        """);
  }

  private static TestingOpenAi model(String command) {
    return new TestingOpenAi(
        request ->
            TestingOpenAi.results(request) > 0
                ? new Answer.Text("done")
                : new Answer.Calls(
                    List.of(new Call("bash", Json.object().put("command", command)))));
  }

  private Program program(TestingOpenAi model) {
    return new Program(folder).with("OPENAI_BASE_URL", model.url());
  }

  private static Program.Result run(Program program, Path agent, String... more) {
    String[] arguments = new String[more.length + 5];
    List<String> begin = List.of("run", agent.toString(), "--model", "openai/scripted", "--json");
    System.arraycopy(begin.toArray(), 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return program.run(arguments);
  }

  @Test
  void theAgentFindsWhatItsManifestNames() throws IOException {
    String command =
        "cat notes.md in/deep/rows.csv; echo \"$STAGE\"; id -nG ann; stat -c %a notes.md; ls work;"
            + " echo more > work/more; echo new > new.txt";
    try (TestingOpenAi model = model(command)) {
      Program program = program(model);
      Path out = folder.resolve("out");
      Program.Result run = run(program, agent, "--out", out.toString());
      assertThat(run.exit()).as(run.err()).isZero();
      String result =
          run.lines().stream().filter(line -> line.contains("agent.tool_result")).findFirst().get();
      assertThat(Json.tree(result).path("content").path(0).path("text").asText())
          .isEqualTo("Begin.\na,b\ntest one\nann staff\n644\ntmp");
      assertThat(out.resolve("new.txt")).hasContent("new");
      assertThat(out.resolve("notes.md")).as("it was there before").doesNotExist();

      Matcher id = SESSION.matcher(run.out());
      assertThat(id.find()).isTrue();
      Program.Result kept = program.run("sessions", "snapshot", id.group());
      assertThat(kept.exit()).as(kept.err()).isZero();
      Program.Result back = program.run("sessions", "restore", id.group(), kept.out().strip());
      assertThat(back.exit()).as(back.err()).isZero();
      Path workspace = program.home().resolve("files/sessions/" + id.group() + "/workspace");
      assertThat(workspace.resolve("new.txt")).hasContent("new");
      assertThat(workspace.resolve("work")).as("it is ephemeral").doesNotExist();
    }
  }

  @Test
  void aPathOfTheMachineIsShownOnlyWhereTheOperatorOpensIt() throws IOException {
    Path data = Files.createDirectories(folder.resolve("srv/data"));
    Files.writeString(data.resolve("x"), "of the machine");
    Path manifest =
        Files.writeString(
            folder.resolve("grant.json"),
            "{\"extra_path_grants\":[{\"path\":\"/mnt/data\",\"host_path\":\"%s\"}]}"
                .formatted(data));
    try (TestingOpenAi model = model("cat /mnt/data/x; touch /mnt/data/y 2>&1; true")) {
      Program program = program(model);
      Program.Result refused = run(program, agent, "--manifest", manifest.toString());
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err())
          .contains("extra_path_grants[0]: this machine's " + data + " is not open to sandboxes")
          .contains("[workspace] extra_paths = [\"" + data + "\"]");
      Files.writeString(
          program.home().resolve("config.toml"),
          "[workspace]\nextra_paths = [\"%s\"]\n".formatted(data.getParent()));
      Program.Result run = run(program, agent, "--manifest", manifest.toString());
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).contains("of the machine", "Read-only file system");
      assertThat(data.resolve("y")).doesNotExist();
    }
  }

  @Test
  void anEnvironmentIsMadeWithOne() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("m.yaml"), "entries:\n  a.txt: {type: file, content: a}\n");
    Program program = new Program(folder);
    Program.Result made =
        program.run("environments", "create", "made", "--manifest", file.toString(), "--json");
    assertThat(made.exit()).as(made.err()).isZero();
    assertThat(Json.tree(made.out()).at("/config/manifest/entries/a.txt/content").asText())
        .isEqualTo("a");
    Files.writeString(file, "entries:\n  /a: {type: file, content: a}\n");
    Program.Result refused =
        program.run("environments", "create", "wrong", "--manifest", file.toString());
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("config.manifest: entries.\"/a\": \"/a\" is absolute");
  }

  @Test
  void aFileTakesTheAgentsPlaceAndAnErrorNamesTheField() throws IOException {
    Path manifests = Files.createDirectories(folder.resolve("manifests"));
    Files.writeString(manifests.resolve("beside.txt"), "beside");
    Path good =
        Files.writeString(
            manifests.resolve("m.json"),
            "{\"entries\":{\"x/y\":{\"type\":\"local_file\",\"src\":\"beside.txt\"}}}");
    Path wrong =
        Files.writeString(
            manifests.resolve("wrong.yaml"),
            "entries:\n  data/x: {type: file, content: a, permissions: {owner: 9}}\n");
    Path outside =
        Files.writeString(
            manifests.resolve("outside.yml"),
            "entries:\n  x: {type: local_file, src: ../worker/SKILL.md}\n");
    try (TestingOpenAi model = model("cat x/y; ls")) {
      Program program = program(model);
      Program.Result run = run(program, agent, "--manifest", good.toString());
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).contains("besideskills\\nx\"");
      Program.Result refused = run(program, agent, "--manifest", wrong.toString());
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err())
          .contains("entries.\"data/x\".permissions.owner: must be a whole number from 0 to 7");
      Program.Result escaped = run(program, agent, "--manifest", outside.toString());
      assertThat(escaped.exit()).isNotZero();
      assertThat(escaped.err()).contains("entries.\"x\".src: \"../worker/SKILL.md\" lies outside");
      assertThat(program.run("sessions", "list", "--json").out().lines())
          .as("what was refused left no session")
          .hasSize(1);
    }
  }
}
