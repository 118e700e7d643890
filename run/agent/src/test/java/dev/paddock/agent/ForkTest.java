package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.provider.spi.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sessions that begin as another one did, and sessions gone through once more. */
class ForkTest {
  private final TestingPlace place = new TestingPlace();

  private SessionId done() throws InterruptedException {
    place.agent =
        AgentDefinitions.withTools(
            new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()), ToolRule.allow("read"));
    SessionId id = place.session("read, then run");
    place.wake(
        id,
        TestingModel.saying(
            calls(call("read", "{}")), calls(call("bash", "{}"), call("write", "{}"))));
    place.send(
        id,
        new SessionEvent.UserToolConfirmation(
            EventId.next(),
            place.sessions.state(id).openCalls().keySet().iterator().next(),
            Permission.ALLOW,
            Optional.empty()));
    place.wake(id, TestingModel.saying(text("Done.")));
    return id;
  }

  private Replay.Report replay(SessionId id, AgentDefinition agent, List<LogEntry> log) {
    SessionRecord session = place.sessions.find(id).orElseThrow();
    return Replay.of(
        session, new AgentSource.SessionAgent(agent, place.tools, List.of()), true, log);
  }

  @Test
  void everyForkIsAWholeSession() throws InterruptedException {
    SessionId id = done();
    int before = place.hands.effects().size();
    for (LogEntry entry : place.sessions.readAll(id)) {
      SessionId fork = SessionId.next();
      Forks.fork(place.sessions, id, entry.event().id(), fork);
      SessionState state = place.sessions.state(fork);
      assertThat(state.status()).as("after %s", entry.event().type()).isEqualTo(SessionStatus.IDLE);
      assertThat(state.openModelRequest()).isEmpty();
      assertThat(place.sessions.readAll(fork).subList(0, (int) entry.sequence()))
          .extracting(LogEntry::event)
          .isEqualTo(place.sessions.events(id).subList(0, (int) entry.sequence()));
      assertThat(state.openCalls().keySet())
          .as("only what waits for a person stays open")
          .isEqualTo(
              state.stopReason().orElse(new StopReason.EndTurn())
                      instanceof StopReason.RequiresAction waiting
                  ? Set.copyOf(waiting.eventIds())
                  : Set.of());
      if (state.openCalls().isEmpty()) {
        place.send(fork, TestingPlace.message("another way"));
        TestingModel model = TestingModel.saying(text("Another way."));
        assertThat(place.wake(fork, model).stopReason()).contains(new StopReason.EndTurn());
        assertThat(model.requests().getFirst().messages().getLast())
            .isEqualTo(Message.User.of("another way"));
      }
    }
    assertThat(place.hands.effects()).as("no fork runs what ran").hasSize(before);
  }

  @Test
  void aForkNeedsAnEventOfItsSession() throws InterruptedException {
    SessionId id = done();
    assertThatThrownBy(() -> Forks.fork(place.sessions, id, EventId.next(), SessionId.next()))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("has no event");
  }

  @Test
  void aReplayAsksAndDecidesTheSame() throws InterruptedException {
    SessionId id = done();
    Replay.Report report = replay(id, place.agent, place.sessions.readAll(id));
    assertThat(report.difference()).isEmpty();
    assertThat(report.requests()).isEqualTo(3);
    assertThat(report.calls()).isEqualTo(2);
    assertThat(report.ends()).isEqualTo(1);
  }

  @Test
  void aReplayOpensTheToolsThatTheLoopOpened() throws InterruptedException {
    TestingDelegation work = new TestingDelegation();
    work.place.agent = AgentDefinitions.withTools(ToolRule.allow("read"));
    SessionId id = work.session("read");
    work.place.wake(id, TestingModel.saying(calls(call("read", "{}")), text("Done.")));
    Replay.Report report =
        Replay.of(
            work.place.sessions.find(id).orElseThrow(),
            new AgentSource.SessionAgent(work.place.agent, work.place.tools, List.of()),
            true,
            work.place.sessions.readAll(id));
    assertThat(report.difference()).isEmpty();
    assertThat(report.requests()).isEqualTo(2);
  }

  @Test
  void aReplayNamesTheFirstDifference() throws InterruptedException {
    SessionId id = done();
    AgentDefinition other =
        new AgentDefinition(
            "tester",
            "Tests.",
            "Do what is asked, politely.",
            Optional.empty(),
            Optional.empty(),
            place.agent.tools(),
            List.of(),
            Optional.empty(),
            EnvironmentRule.NONE,
            Budget.NONE);
    Replay.Report report = replay(id, other, place.sessions.readAll(id));
    assertThat(report.difference().orElseThrow().what()).isEqualTo("the model request");
    assertThat(report.difference().orElseThrow().sequence()).isEqualTo(sequenceOfFirstRequest(id));
  }

  private long sequenceOfFirstRequest(SessionId id) {
    return place.sessions.readAll(id).stream()
        .filter(entry -> entry.event() instanceof SessionEvent.ModelRequestStart)
        .findFirst()
        .orElseThrow()
        .sequence();
  }

  @Test
  void aReplayNoticesAChangedLog() throws InterruptedException {
    SessionId id = done();
    List<LogEntry> changed =
        place.sessions.readAll(id).stream()
            .map(
                entry ->
                    entry.event() instanceof SessionEvent.UserMessage
                        ? new LogEntry(
                            entry.sessionId(),
                            entry.sequence(),
                            entry.position(),
                            entry.recordedAt(),
                            entry.principal(),
                            entry.signature(),
                            TestingPlace.message("something else"))
                        : entry)
            .toList();
    assertThat(replay(id, place.agent, changed).difference()).isPresent();
  }

  @Test
  void whatWasUsedIsSaidBeforeEachRest() throws InterruptedException {
    place.price = Optional.of(usage -> 0.25);
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(text("Done.")));
    List<SessionEvent> events = place.sessions.events(id);
    SessionEvent.SessionUsage usage = (SessionEvent.SessionUsage) events.get(events.size() - 2);
    assertThat(usage.usage().path("input_tokens").asLong()).isEqualTo(10);
    assertThat(usage.usage().path("list_cost").path("amount").asText()).isEqualTo("25");
    assertThat(events.getLast()).isInstanceOf(SessionEvent.StatusIdle.class);
    place.send(id, new SessionEvent.UserInterrupt(EventId.next()));
    place.wake(id, TestingModel.saying());
    assertThat(place.sessions.events(id, SessionEvent.SessionUsage.class))
        .as("not again when nothing was used")
        .hasSize(1);
  }
}
