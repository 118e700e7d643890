package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Snapshots as a person uses them: each step is a command of its own. */
@Tag("slow")
class SnapshotCommandsTest {
  private static final Pattern SESSION = Pattern.compile("sesn_[0-9a-z]+");
  private static final Pattern TASK = Pattern.compile("RUN\\[(.*?)\\]");

  @TempDir Path folder;
  private Path agent;

  @BeforeEach
  void makeAgent() throws IOException {
    agent = Files.createDirectory(folder.resolve("worker"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: worker\ndescription: Works.\n---\nDo as told.\n");
  }

  /** Runs the command that the task holds. */
  private static Answer next(JsonNode request) {
    Matcher task = TASK.matcher(Json.write(request.path("messages")));
    String command = "true";
    while (task.find()) {
      command = task.group(1);
    }
    if (TestingOpenAi.results(request) > 0) {
      return new Answer.Text("done");
    }
    return new Answer.Calls(List.of(new Call("bash", Json.object().put("command", command))));
  }

  private String run(Program program, String command, String... options) {
    String[] arguments = new String[options.length + 6];
    System.arraycopy(
        new String[] {
          "run", agent.toString(), "RUN[" + command + "]", "--model", "openai/scripted", "--json"
        },
        0,
        arguments,
        0,
        6);
    System.arraycopy(options, 0, arguments, 6, options.length);
    Program.Result result = program.run(arguments);
    assertThat(result.exit()).as(result.err()).isZero();
    Matcher id = SESSION.matcher(result.out());
    assertThat(id.find()).as(result.out()).isTrue();
    return id.group();
  }

  private static String ok(Program program, String... arguments) {
    Program.Result result = program.run(arguments);
    assertThat(result.exit()).as("%s", result).isZero();
    return result.out().strip();
  }

  private static Path file(Program program, String session, String name) {
    return program.home().resolve("files/sessions/" + session + "/workspace/" + name);
  }

  @Test
  void filesAreKeptPutBackBegunWithForkedAndTakenElsewhere() throws IOException {
    assumeTrue(Machine.confines(), Machine.whyNot());
    try (TestingOpenAi model = new TestingOpenAi(SnapshotCommandsTest::next)) {
      Program program = new Program(folder).with("OPENAI_BASE_URL", model.url());
      String first = run(program, "mkdir d; echo one > d/file; ln -s d/file link");
      Path archive = folder.resolve("kept.tar.zst");
      String digest = ok(program, "sessions", "snapshot", first, "--out", archive.toString());
      assertThat(digest).matches("[0-9a-f]{64}");

      String second =
          run(program, "cat link > seen; echo two >> d/file", "--from", digest.substring(0, 12));
      assertThat(file(program, second, "seen")).hasContent("one");
      assertThat(file(program, second, "d/file")).hasContent("one\ntwo");
      assertThat(ok(program, "sessions", "files", second, "--json").lines())
          .as("only what the second one changed")
          .hasSize(2);

      ok(program, "sessions", "restore", second, digest);
      assertThat(file(program, second, "d/file")).hasContent("one");
      assertThat(file(program, second, "seen")).doesNotExist();

      String fork = ok(program, "sessions", "fork", first);
      Files.writeString(file(program, fork, "d/file"), "the fork's");
      assertThat(file(program, first, "d/file")).hasContent("one");
      assertThat(Files.readSymbolicLink(file(program, fork, "link"))).hasToString("d/file");

      JsonNode listed = Json.tree(ok(program, "sessions", "snapshots", "--json"));
      assertThat(listed.path("digest").asText()).isEqualTo(digest);
      ok(program, "sessions", "snapshots", "--delete", digest);
      assertThat(ok(program, "sessions", "snapshots", "--json")).isEmpty();

      Program elsewhere =
          new Program(Files.createDirectory(folder.resolve("elsewhere")))
              .with("OPENAI_BASE_URL", model.url());
      String third = run(elsewhere, "cat link > seen", "--from", archive.toString());
      assertThat(file(elsewhere, third, "seen")).hasContent("one");
    }
  }

  @Test
  void whatIsNotThereOrWrongIsSaid() throws IOException {
    Program program = new Program(folder);
    Program.Result missing = program.run("run", agent.toString(), "x", "--from", "0123456789");
    assertThat(missing.exit()).isNotZero();
    Path wrong = Files.writeString(folder.resolve("wrong.tar.zst"), "no archive");
    Program.Result broken = program.run("run", agent.toString(), "x", "--from", wrong.toString());
    assertThat(broken.exit()).isNotZero();
    Program.Result both =
        program.run("run", agent.toString(), "x", "--from", "0123456789", "--in", "/usr");
    assertThat(both.exit()).isEqualTo(2);
    assertThat(both.err()).contains("give one of them");
    assertThat(program.run("sessions", "snapshot", "sesn_1").err()).contains("no session sesn_1");
    assertThat(program.home().resolve("files/sessions"))
        .satisfiesAnyOf(
            sessions -> assertThat(sessions).doesNotExist(),
            sessions -> assertThat(sessions).isEmptyDirectory());
  }
}
