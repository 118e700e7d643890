package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionRunnerTest {
  private static final Duration WAIT = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private volatile Runnable onceTold = () -> {};
  private Node node;
  private SessionRunner runner;

  @BeforeEach
  void open() {
    node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()));
    runner = new SessionRunner(node, this::tell);
  }

  @AfterEach
  void close() {
    runner.close();
    node.close();
  }

  private void tell(String line) {
    Runnable then = onceTold;
    onceTold = () -> {};
    told.add(line);
    then.run();
  }

  private String next() throws InterruptedException {
    return Optional.ofNullable(told.poll(WAIT.toSeconds(), TimeUnit.SECONDS)).orElse("nothing");
  }

  /** A session with something to do, whose workspace is no path. */
  private SessionId broken() throws IOException {
    ObjectNode document = TestingAgent.document(folder);
    document.put("workspace", "a\0b");
    SessionId id = SessionId.next();
    NewEvent task =
        NewEvent.from(Principal.localUser(), AgentDefinition.task(Optional.of("Begin.")));
    node.store()
        .sessions()
        .create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of(task)));
    return id;
  }

  @Test
  void anyFailureEndsTheRunAndIsTold() throws IOException, InterruptedException {
    SessionId id = broken();
    for (int i = 0; i < 2; i++) {
      runner.wake(id);
      assertThat(next()).startsWith("session " + id).contains("InvalidPathException");
      assertThat(runner.stop(id, WAIT)).isTrue();
      assertThat(runner.running()).isZero();
    }
  }

  @Test
  void wakingASessionThatFailsIsNotLost() throws InterruptedException {
    SessionId gone = SessionId.next();
    onceTold = () -> runner.wake(gone);
    runner.wake(gone);
    assertThat(next()).isEqualTo("session %s: there is no session %s".formatted(gone, gone));
    assertThat(next()).isEqualTo("session %s: there is no session %s".formatted(gone, gone));
  }

  @Test
  void aSessionThatCannotBeLookedAtHoldsUpNoOther() throws IOException, InterruptedException {
    SessionId damaged = broken();
    SessionId other = broken();
    Path task = node.home().session(damaged).resolve("task.json");
    Files.createDirectories(task.getParent());
    Files.writeString(task, "{");
    runner.start();
    assertThat(next()).startsWith("session " + damaged);
    assertThat(next()).startsWith("session " + other).contains("InvalidPathException");
  }
}
