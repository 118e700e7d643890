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
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code paddock run} is killed at a random instant and resumed until it is done: no event is lost
 * or doubled, each call has exactly one result, no effect happens twice, and no success is reported
 * without its effect.
 */
@Tag("slow")
class KillTest {
  private static final int CALLS = 12;
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 50 : 4;
  private static final Pattern SESSION = Pattern.compile("sesn_[0-9a-z]+");

  @TempDir Path folder;

  @Test
  void aKilledRunGoesOnWithoutLossOrRepetition() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    Path agent = agent();
    try (TestingOpenAi server = new TestingOpenAi(KillTest::nextCall)) {
      Random random = new Random(20_261_124);
      int kills = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Path home = Files.createDirectory(folder.resolve("round-" + round));
        Program program = new Program(home).with("OPENAI_BASE_URL", server.url());
        kills += run(program, home, agent, random);
      }
      System.out.printf("KillTest: %d kills in %d runs%n", kills, ROUNDS);
    }
  }

  /** Returns how often the run was killed before it was done. */
  private static int run(Program program, Path home, Path agent, Random random) throws Exception {
    Path out = home.resolve("first.out");
    Path err = home.resolve("first.err");
    Process first =
        program.start(out, err, "run", agent.toString(), "--model", "openai/scripted", "--json");
    String session = session(first, out, random);
    int kills = first.isAlive() || first.waitFor() != 0 ? 1 : 0;
    while (true) {
      Process again =
          program.start(
              home.resolve("again.out"),
              home.resolve("again.err"),
              "run",
              "--resume",
              session,
              "--json");
      if (kills < 3 && !again.waitFor(500 + random.nextInt(2_500), TimeUnit.MILLISECONDS)) {
        again.destroyForcibly().waitFor();
        kills++;
        continue;
      }
      assertThat(again.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(again.exitValue()).as(Files.readString(home.resolve("again.err"))).isZero();
      break;
    }
    check(program, home, session);
    return kills;
  }

  /** Kills the first run at a random instant after its session exists. */
  private static String session(Process process, Path out, Random random) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < deadline) {
      Matcher id = SESSION.matcher(Files.readString(out));
      if (id.find()) {
        if (!process.waitFor(random.nextInt(3_000), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
        }
        return id.group();
      }
      assertThat(process.isAlive() || Files.size(out) > 0).isTrue();
      Thread.sleep(20);
    }
    throw new AssertionError("no session within two minutes");
  }

  private static void check(Program program, Path home, String session) {
    Program.Result verified = program.run("sessions", "verify", session);
    assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
    List<JsonNode> events =
        program.run("sessions", "show", session, "--json").lines().stream()
            .map(Json::tree)
            .toList();
    Path effects = home.resolve("files");
    Program.Result fetched = program.run("sessions", "files", session, "--out", effects.toString());
    assertThat(fetched.exit()).as(fetched.err()).isZero();
    assertThat(effects.resolve(Work.FILE)).exists();
    LogCheck.check(events, effects);
  }

  /** Asks for the effects one after the other, by how many calls the conversation has. */
  private static Answer nextCall(JsonNode request) {
    int done = TestingOpenAi.results(request);
    if (done >= CALLS) {
      return new Answer.Text("done");
    }
    return new Answer.Calls(
        List.of(
            new Call(
                "bash",
                Json.object()
                    .put(
                        "command",
                        "echo effect-%d-%d >> %s && sleep 0.05"
                            .formatted(done, System.nanoTime(), Work.FILE)))));
  }

  private Path agent() throws IOException {
    Path agent = Files.createDirectory(folder.resolve("twelve"));
    Files.writeString(
        agent.resolve("SKILL.md"),
        """
        ---
        name: twelve
        description: Twelve effects, one after the other.
        ---
        Do them.
        """);
    return agent;
  }
}
