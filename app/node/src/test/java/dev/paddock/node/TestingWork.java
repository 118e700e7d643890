package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Optional;

/** Sessions of a node, and what their agents would call. */
record TestingWork(Node node) {
  /** Not created yet. */
  static NewSession asked(WorkspaceId owner, ObjectNode document, String task) {
    return new NewSession(SessionId.next(), owner, document, List.of(message(task)));
  }

  static NewEvent message(String text) {
    return NewEvent.from(Principal.localUser(), AgentDefinition.task(Optional.of(text)));
  }

  SessionId create(NewSession session) {
    node.store().sessions().create(session);
    return session.id();
  }

  /** Opens the session's hands, which makes its workspace; no box is started. */
  Hands hands(SessionId id) {
    SessionRecord session = node.store().sessions().find(id).orElseThrow();
    return node.loop().handsOf(session, SessionDocument.read(session.document()).definition());
  }

  String run(SessionId id, String tool, ObjectNode input) throws InterruptedException {
    Hands.Outcome outcome =
        hands(id)
            .call(
                new ToolInvocation(
                    id, EventId.next(), input, Hands.DEFAULT_TIMEOUT, ToolInvocation.Progress.NONE),
                tool);
    assertThat(outcome).isInstanceOf(Hands.Outcome.Done.class);
    return ContentBlock.textOf(((Hands.Outcome.Done) outcome).result().content());
  }

  String bash(SessionId id, String command) throws InterruptedException {
    return run(id, "bash", Json.object().put("command", command));
  }

  static boolean sleeping(String seconds) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().arguments().stream())
        .anyMatch(arguments -> List.of(arguments).contains(seconds));
  }
}
