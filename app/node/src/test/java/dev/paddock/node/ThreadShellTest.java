package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadShellTest {
  /** Answers one connection at a port of its own with its path. */
  private static final String SERVE =
      """
      perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5) or die;
        open(my $f, ">", "/workspace/port"); print $f $s->sockport; close $f;
        while (my $c = $s->accept) { print $c "from the session"; close $c }' > /dev/null 2>&1 &
      until [ -s /workspace/port ]; do sleep 0.05; done
      """;

  private static final String ASK = "cat < /dev/tcp/127.0.0.1/$(cat /workspace/port)";

  @TempDir private Path folder;
  private Node node;
  private TestingWork work;

  @BeforeEach
  void open() {
    node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()));
    work = new TestingWork(node);
    assumeTrue(node.sandboxes().readiness().ready(), "no box can be started here");
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** A session whose agent may give work away, and a thread of it. */
  private List<SessionId> session() throws IOException {
    ObjectNode thread = TestingAgent.document(folder);
    ObjectNode document = thread.deepCopy();
    document
        .putArray("roster")
        .add(Json.tree(new SessionDocument.Delegate("helper", "Helps.", thread)));
    SessionId id = work.create(TestingWork.asked(WorkspaceId.DEFAULT, document, "Begin."));
    SessionId child =
        work.create(TestingWork.asked(WorkspaceId.DEFAULT, thread, "Begin.").withParent(id));
    return List.of(id, child);
  }

  @Test
  void aThreadHasAShellOfItsOwnInTheSameWorkspaceAndNetwork() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    List<SessionId> ids = session();
    assertThat(work.bash(ids.getFirst(), "mkdir part; cd part; x=1; " + SERVE + "pwd"))
        .isEqualTo("/workspace/part");
    assertThat(work.bash(ids.getLast(), "pwd; echo [$x]; ls -d part; " + ASK))
        .isEqualTo("/workspace\n[]\npart\nfrom the session");
    assertThat(work.bash(ids.getFirst(), "pwd; echo [$x]")).isEqualTo("/workspace/part\n[1]");
  }

  @Test
  void aThreadThatIsLetGoTakesNothingFromItsSession() throws Exception {
    List<SessionId> ids = session();
    work.bash(ids.getFirst(), "x=1");
    work.bash(ids.getLast(), "y=2; sleep 73913 & true");
    node.loop().release(ids.getLast());
    assertThat(TestingWork.sleeping("73913")).isFalse();
    assertThat(work.bash(ids.getFirst(), "echo [$x]")).isEqualTo("[1]");
    assertThat(work.bash(ids.getLast(), "echo [$y]")).isEqualTo("[]");
  }
}
