package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Outcome;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Work that is graded and revised until it meets a rubric. */
class OutcomeTest {
  private TestingPlace place = new TestingPlace();

  private static boolean grades(ModelRequest request) {
    return request.system().orElse("").startsWith("You grade");
  }

  /** An agent that says its turns, and a grader with its verdicts. */
  private static TestingModel model(List<String> verdicts, TestingModel.Said... turns) {
    Queue<String> grades = new ConcurrentLinkedQueue<>(verdicts);
    Queue<TestingModel.Said> left = new ConcurrentLinkedQueue<>(List.of(turns));
    return new TestingModel(
        TestingModel.strong(), request -> grades(request) ? text(grades.remove()) : left.remove());
  }

  private static String verdict(String result) {
    return Json.write(Json.object().put("explanation", "the title").put("result", result));
  }

  private SessionId session(Optional<Integer> iterations) {
    SessionId id = place.sessions.create(SessionDocument.of(place.agent).into(Json.object()));
    place.send(
        id,
        new SessionEvent.UserDefineOutcome(
            EventId.next(),
            "outc_1",
            "a report",
            Json.object().put("type", "text").put("content", "it has a title"),
            iterations));
    return id;
  }

  private List<String> results(SessionId id) {
    return place.sessions.events(id, SessionEvent.OutcomeEvaluationEnd.class).stream()
        .map(SessionEvent.OutcomeEvaluationEnd::result)
        .toList();
  }

  private Outcome outcome(SessionId id) {
    return place.sessions.state(id).outcomes().getFirst();
  }

  @Test
  void workThatMeetsTheRubricEndsTheTurn() throws InterruptedException {
    SessionId id = session(Optional.empty());
    TestingModel model = model(List.of(verdict("satisfied")), text("A report."));
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(outcome(id).result()).isEqualTo("satisfied");
    assertThat(rested.usage().total()).as("the grader counts").isEqualTo(30);
    SessionEvent.OutcomeEvaluationEnd end =
        place.sessions.events(id, SessionEvent.OutcomeEvaluationEnd.class).getFirst();
    assertThat(end.startId())
        .contains(
            place.sessions.events(id, SessionEvent.OutcomeEvaluationStart.class).getFirst().id());
    assertThat(end.usage()).contains(TestingModel.USAGE);
    assertThat(model.requests().getLast().system().orElseThrow()).contains("it has a title");
  }

  @Test
  void whatIsMissingGoesBackToTheAgent() throws InterruptedException {
    SessionId id = session(Optional.empty());
    TestingModel model =
        model(
            List.of(verdict("needs_revision"), verdict("satisfied")),
            text("A report."),
            calls(call("write", "{}")),
            text("Revised."));
    place.wake(id, model);
    assertThat(results(id)).containsExactly("needs_revision", "satisfied");
    assertThat(outcome(id).iteration()).isEqualTo(1);
    Message told = model.requests().get(2).messages().getLast();
    assertThat(ContentBlock.textOf(((Message.User) told).content()))
        .contains("needs a revision: the title");
  }

  @Test
  void afterTheLastIterationTheAgentSaysWhatIsMissing() throws InterruptedException {
    SessionId id = session(Optional.of(2));
    TestingModel model =
        model(
            List.of(verdict("needs_revision"), verdict("needs_revision")),
            text("One."),
            text("Two."),
            text("The title is missing."));
    SessionState rested = place.wake(id, model);
    assertThat(results(id)).containsExactly("needs_revision", "max_iterations_reached");
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(model.requests()).hasSize(5);
  }

  @Test
  void aRubricThatDoesNotApplyEndsTheOutcome() throws InterruptedException {
    SessionId id = session(Optional.empty());
    place.wake(id, model(List.of(verdict("failed")), text("A poem.")));
    assertThat(outcome(id).result()).isEqualTo("failed");
    assertThat(outcome(id).explanation()).contains("the title");
  }

  @Test
  void aGraderThatCannotBeUnderstoodIsAskedAgain() throws InterruptedException {
    SessionId id = session(Optional.empty());
    place.wake(id, model(List.of("Looks fine!", verdict("satisfied")), text("A report.")));
    assertThat(results(id)).containsExactly("satisfied");
    assertThat(place.sessions.events(id, SessionEvent.OutcomeEvaluationStart.class)).hasSize(1);
    assertThat(place.sessions.events(id, SessionEvent.SessionError.class)).hasSize(1);
  }

  @Test
  void anInterruptEndsTheEvaluation() throws InterruptedException {
    SessionId id = session(Optional.empty());
    CountDownLatch grading = new CountDownLatch(1);
    TestingModel model =
        new TestingModel(
            TestingModel.strong(),
            request ->
                grades(request)
                    ? TestingModel.Said.of(new TestingModel.Move.Hang(grading))
                    : text("A report."));
    var rested = place.start(id, model);
    grading.await();
    place.send(id, new SessionEvent.UserInterrupt(EventId.next()));
    TestingPlace.join(rested);
    assertThat(results(id)).containsExactly("interrupted");
    assertThat(outcome(id).ended()).isTrue();
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void theBudgetCountsAndStopsTheGrading() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.of(15L), Optional.empty(), Optional.empty()));
    SessionId id = session(Optional.empty());
    SessionState rested = place.wake(id, model(List.of(), text("A report.")));
    assertThat(rested.stopReason()).contains(new StopReason.BudgetReached());
    assertThat(outcome(id).ended()).isFalse();
  }

  @Test
  void killedBeforeOrAfterAnyAppendItIsGradedOn() throws InterruptedException {
    int appends = gradedOnce(0, false);
    for (int k = 1; k <= appends; k++) {
      gradedOnce(k, false);
      gradedOnce(k, true);
    }
  }

  /** The grader is content with the second answer, whoever asks how often. */
  private int gradedOnce(int at, boolean stored) throws InterruptedException {
    place = new TestingPlace();
    SessionId id = session(Optional.empty());
    TestingModel model =
        new TestingModel(
            TestingModel.strong(),
            request ->
                grades(request)
                    ? text(
                        verdict(
                            place.sessions.state(id).outcome().orElseThrow().iteration() == 0
                                ? "needs_revision"
                                : "satisfied"))
                    : text("A report."));
    place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
    if (at > 0) {
      try {
        place.wake(id, model);
      } catch (TestingSessions.Killed e) {
        place.sessions.restart();
        place.clock.advance(Duration.ofMinutes(1));
      }
    }
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(results(id)).as("killed at %d", at).containsExactly("needs_revision", "satisfied");
    assertThat(place.sessions.events(id, SessionEvent.OutcomeEvaluationStart.class)).hasSize(2);
    return place.sessions.appends();
  }
}
