package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolInvocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  @BeforeEach
  void open() {
    node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()));
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
    SessionId id = SessionId.next();
    NewSession session =
        new NewSession(
            id,
            WorkspaceId.DEFAULT,
            document,
            List.of(
                NewEvent.from(Principal.localUser(), AgentDefinition.task(Optional.of("Begin.")))));
    node.store().sessions().create(session);
    SessionId child = SessionId.next();
    node.store()
        .sessions()
        .create(
            new NewSession(child, WorkspaceId.DEFAULT, thread, session.events()).withParent(id));
    return List.of(id, child);
  }

  private String bash(SessionId id, String command) throws InterruptedException {
    SessionRecord session = node.store().sessions().find(id).orElseThrow();
    Hands hands =
        node.loop().handsOf(session, SessionDocument.read(session.document()).definition());
    Hands.Outcome outcome =
        hands.call(
            new ToolInvocation(
                id,
                EventId.next(),
                Json.object().put("command", command),
                Hands.DEFAULT_TIMEOUT,
                ToolInvocation.Progress.NONE),
            "bash");
    assertThat(outcome).isInstanceOf(Hands.Outcome.Done.class);
    return ContentBlock.textOf(((Hands.Outcome.Done) outcome).result().content());
  }

  @Test
  void aThreadHasAShellOfItsOwnInTheSameWorkspaceAndNetwork() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    List<SessionId> ids = session();
    assertThat(bash(ids.getFirst(), "mkdir part; cd part; x=1; " + SERVE + "pwd"))
        .isEqualTo("/workspace/part");
    assertThat(bash(ids.getLast(), "pwd; echo [$x]; ls -d part; " + ASK))
        .isEqualTo("/workspace\n[]\npart\nfrom the session");
    assertThat(bash(ids.getFirst(), "pwd; echo [$x]")).isEqualTo("/workspace/part\n[1]");
  }

  @Test
  void aThreadThatIsLetGoTakesNothingFromItsSession() throws Exception {
    List<SessionId> ids = session();
    bash(ids.getFirst(), "x=1");
    bash(ids.getLast(), "y=2; sleep 73913 & true");
    node.loop().release(ids.getLast());
    assertThat(sleeping("73913")).isFalse();
    assertThat(bash(ids.getFirst(), "echo [$x]")).isEqualTo("[1]");
    assertThat(bash(ids.getLast(), "echo [$y]")).isEqualTo("[]");
  }

  private static boolean sleeping(String seconds) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().arguments().stream())
        .anyMatch(arguments -> List.of(arguments).contains(seconds));
  }
}
