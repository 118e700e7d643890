package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.HostQuestion;
import dev.paddock.core.EventId;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Sessions;
import dev.paddock.egress.Host;
import dev.paddock.egress.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostQuestionsTest {
  private static final Target TARGET = new Target(Host.parse("example.org"), 443);

  @TempDir private Path folder;
  private final List<SessionId> asked = new ArrayList<>();
  private Node node;
  private Sessions sessions;
  private SessionId session;

  @BeforeEach
  void open() throws IOException {
    node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()));
    sessions = node.store().sessions();
    session = SessionId.next();
    sessions.create(
        new NewSession(session, WorkspaceId.DEFAULT, TestingAgent.document(folder), List.of()));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private HostQuestions questions() {
    return new HostQuestions(sessions, session, asked::add);
  }

  private static CompletableFuture<Boolean> ask(HostQuestions questions) {
    return questions.mayReach(TARGET).toCompletableFuture();
  }

  private List<SessionEvent.AgentToolUse> calls() {
    return sessions.readAll(session).stream()
        .map(entry -> entry.event())
        .filter(SessionEvent.AgentToolUse.class::isInstance)
        .map(SessionEvent.AgentToolUse.class::cast)
        .toList();
  }

  private void confirm(EventId call, Permission answer) {
    sessions.append(
        session,
        Append.acknowledged(
            NewEvent.from(
                Principal.localUser(),
                new SessionEvent.UserToolConfirmation(
                    EventId.next(), call, answer, Optional.empty()))));
  }

  @Test
  void aQuestionIsAskedOnceAndItsAnswerOutlivesTheProcess() {
    HostQuestions first = questions();
    CompletableFuture<Boolean> answer = ask(first);
    assertThat(answer).isNotDone();
    assertThat(ask(first)).isSameAs(answer);
    assertThat(asked).containsExactly(session);
    EventId call = calls().getFirst().id();
    assertThat(calls()).hasSize(1);
    assertThat(HostQuestion.of(calls().getFirst())).contains(new HostQuestion("example.org", 443));

    HostQuestions other = questions();
    CompletableFuture<Boolean> again = ask(other);
    assertThat(calls()).as("the question that waits already").hasSize(1);
    confirm(call, Permission.ALLOW);
    other.answered(call, true);
    assertThat(again).isCompletedWithValue(true);
    assertThat(ask(questions())).isCompletedWithValue(true);
    assertThat(calls()).hasSize(1);
  }

  @Test
  void whatIsTakenBackIsNoAnswer() {
    HostQuestions questions = questions();
    CompletableFuture<Boolean> answer = ask(questions);
    questions.dropped(calls().getFirst().id());
    assertThat(answer).isCompletedExceptionally();
    CompletableFuture<Boolean> second = ask(questions);
    questions.in(SessionId.next());
    assertThat(second).as("another session").isCompletedExceptionally();
  }
}
