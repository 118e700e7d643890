package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Paddock is killed at random instants while boxes run. After the next start, which says what it
 * removed, and its orderly end there is no process, mount, control group, socket or folder of it.
 */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class LeakTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final int RUNS = SOAK ? 40 : 3;
  private static final int SERVERS = SOAK ? 20 : 1;
  private static final int SESSIONS = 3;
  private static final String WORK = "Begin with the work.";

  @TempDir Path folder;

  private final Random random = new Random(20_261_124);
  private final Set<String> runFolders = new TreeSet<>();
  private int marks = 730_000 + (int) (ProcessHandle.current().pid() % 10_000);

  @Test
  void killedRunsLeaveNothingBehind() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    Path agent = Files.createDirectory(folder.resolve("worker"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: worker\ndescription: Works.\n---\nDo as told.\n");
    try (TestingOpenAi model = new TestingOpenAi(this::next)) {
      Program program = program(model);
      for (int round = 0; round < RUNS; round++) {
        marks++;
        Process run =
            program.start(
                folder.resolve("out"),
                folder.resolve("err"),
                "run",
                agent.toString(),
                WORK,
                "--model",
                "openai/scripted");
        if (round % 3 == 2) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(4_000)));
        } else {
          awaitBoxes(run, 1, () -> "see the run");
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(300)));
        }
        run.destroyForcibly().waitFor();
        boolean left = noteRunFolders(program.home());
        Program.Result next =
            program.run("run", agent.toString(), "Rest.", "--model", "openai/scripted");
        assertThat(next.exit()).as(next.err()).isZero();
        if (left) {
          assertThat(next.err()).contains("ended the sandboxes of 1 killed process");
        }
        assertNothingLeft(program.home());
      }
    }
  }

  @Test
  void aKilledServerLeavesNothingBehind() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    try (TestingOpenAi model = new TestingOpenAi(this::next)) {
      Program program = program(model);
      for (int round = 0; round < SERVERS; round++) {
        marks++;
        killAtWork(ServerUnderTest.start(program, folder));
        assertThat(noteRunFolders(program.home())).isTrue();
        try (ServerUnderTest again = ServerUnderTest.start(program, folder)) {
          assertThat(again.log()).contains("ended the sandboxes of 1 killed process");
        }
        assertNothingLeft(program.home());
      }
    }
  }

  /** Kills a server in whose sessions boxes run. */
  private void killAtWork(ServerUnderTest server) throws Exception {
    try (SessionClient client = SessionClient.of(server)) {
      String agent = client.agent("worker", "openai/scripted", Map.of());
      String environment = client.environment();
      for (int i = 0; i < SESSIONS; i++) {
        client.send(client.session(agent, environment), SessionClient.message(WORK));
      }
      awaitBoxes(server.process(), SESSIONS, server::log);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
    } finally {
      server.process().destroyForcibly().waitFor();
    }
  }

  private Program program(TestingOpenAi model) throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    return new Program(folder)
        .with("OPENAI_BASE_URL", model.url())
        .with("OPENAI_API_KEY", "upstream-key")
        .with("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
  }

  /** Each box sleeps twice, once in the background, for as many seconds as tell it from others. */
  private Answer next(JsonNode request) {
    boolean works = Json.write(request).contains(WORK);
    if (!works || TestingOpenAi.results(request) > 0) {
      return new Answer.Text("done");
    }
    String command = "sleep %d & exec setsid sleep %d".formatted(marks, marks);
    return new Answer.Calls(List.of(new Call("bash", Json.object().put("command", command))));
  }

  private void awaitBoxes(Process program, int count, Supplier<String> log) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (sleepers().size() < 2 * count) {
      assertThat(System.nanoTime() < end && program.isAlive())
          .as("%d of %d boxes came: %s", sleepers().size() / 2, count, log.get())
          .isTrue();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private List<String> sleepers() throws IOException {
    return commands().stream().filter(line -> line.equals("sleep " + marks)).toList();
  }

  /** Whether there are any; their names are those of control groups, too. */
  private boolean noteRunFolders(Path home) throws IOException {
    Path sandboxes = home.resolve("files/sandboxes");
    if (!Files.isDirectory(sandboxes)) {
      return false;
    }
    try (Stream<Path> folders = Files.list(sandboxes)) {
      List<String> found =
          folders
              .map(path -> path.getFileName().toString())
              .filter(name -> name.startsWith("run-"))
              .toList();
      runFolders.addAll(found);
      return !found.isEmpty();
    }
  }

  /** Killed processes are gone from the kernel's tables a moment later. */
  private void assertNothingLeft(Path home) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!left(home).isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    assertThat(left(home)).isEmpty();
  }

  private List<String> left(Path home) throws IOException {
    List<String> left = new ArrayList<>();
    commands().stream()
        .filter(line -> line.contains(home.toString()) || line.equals("sleep " + marks))
        .forEach(line -> left.add("process " + line));
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains(home.toString()))
        .forEach(line -> left.add("mount " + line));
    Files.readAllLines(Path.of("/proc/net/unix")).stream()
        .filter(line -> line.contains(home.toString()))
        .forEach(line -> left.add("socket " + line));
    for (Path group : found(Path.of("/sys/fs/cgroup"), 8)) {
      if (runFolders.stream().anyMatch(group.getFileName().toString()::contains)) {
        left.add("control group " + group);
      }
    }
    for (Path file : found(folder.resolve("tmp"), 4)) {
      left.add("temporary file " + file);
    }
    for (Path file : found(home, 12)) {
      String name = file.getFileName().toString();
      boolean special = Files.exists(file, LinkOption.NOFOLLOW_LINKS) && isSpecial(file);
      if (special || name.matches("(run-|restoring-|e-|\\.new-)[0-9a-f]{8}")) {
        left.add("file " + file);
      }
    }
    return left;
  }

  private static boolean isSpecial(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther();
  }

  /** Other tests make and remove folders meanwhile. */
  private static List<Path> found(Path root, int depth) throws IOException {
    List<Path> found = new ArrayList<>();
    if (depth == 0 || !Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    List<Path> inside;
    try (Stream<Path> all = Files.list(root)) {
      inside = all.toList();
    } catch (NoSuchFileException gone) {
      return found;
    }
    for (Path path : inside) {
      found.add(path);
      found.addAll(found(path, depth - 1));
    }
    return found;
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      processes
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .map(LeakTest::command)
          .filter(line -> !line.isEmpty())
          .forEach(commands::add);
    }
    return commands;
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
    } catch (IOException gone) {
      return "";
    }
  }
}
