package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Another model answers when the first one does not. */
class FallbackTest {
  private final TestingPlace place = new TestingPlace();
  private final List<String> chosen = new ArrayList<>();

  private SessionId session(Fallback.On... on) {
    place.agent =
        AgentDefinitions.withFallback(
            "testing/first", new Fallback(List.of("testing/second"), Arrays.asList(on)));
    return place.session("go");
  }

  private SessionState wake(SessionId id, Map<String, TestingModel> models)
      throws InterruptedException {
    place.byRef =
        Optional.of(
            ref -> {
              chosen.add(ref.orElse("default"));
              return find(models, ref.orElseThrow());
            });
    return place.wake(id, find(models, "testing/first"));
  }

  private static TestingModel find(Map<String, TestingModel> models, String ref) {
    return Optional.ofNullable(models.get(ref)).orElseThrow();
  }

  private static TestingModel failing(ErrorCode code) {
    return new TestingModel(
        TestingModel.strong(), request -> TestingModel.fails(new ModelException(code, "not now")));
  }

  private static TestingModel answering() {
    return new TestingModel(TestingModel.strong(), request -> text("Here."));
  }

  private List<String> codes(SessionId id) {
    return place.sessions.events(id, SessionEvent.Notice.class).stream()
        .map(SessionEvent.Notice::code)
        .toList();
  }

  @Test
  void anotherAnswersWhenRetriesAreUsedUp() throws InterruptedException {
    SessionId id = session(Fallback.On.EXHAUSTED);
    TestingModel first = failing(ErrorCode.OVERLOADED);
    SessionState rested = wake(id, Map.of("testing/first", first, "testing/second", answering()));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(first.requests()).hasSize(6);
    assertThat(codes(id)).containsExactly("model_fallback");
    assertThat(
            ContentBlock.textOf(
                place.sessions.events(id, SessionEvent.AgentMessage.class).getFirst().content()))
        .isEqualTo("Here.");
  }

  @Test
  void aLimitIsNotWaitedFor() throws InterruptedException {
    SessionId id = session(Fallback.On.RATE_LIMITED);
    TestingModel first = failing(ErrorCode.RATE_LIMITED);
    wake(id, Map.of("testing/first", first, "testing/second", answering()));
    assertThat(first.requests()).hasSize(1);
    assertThat(place.sleeps).isEmpty();
  }

  @Test
  void aRefusalIsTakenToAnother() throws InterruptedException {
    SessionId id = session(Fallback.On.REFUSAL);
    TestingModel first =
        TestingModel.saying(TestingModel.Said.of(TestingModel.end(ModelEvent.EndReason.REFUSAL)));
    SessionState rested = wake(id, Map.of("testing/first", first, "testing/second", answering()));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(rested.usage().total()).as("what was refused is paid for").isEqualTo(30);
  }

  @Test
  void whenNoneIsLeftTheTurnEnds() throws InterruptedException {
    SessionId id = session(Fallback.On.UNAVAILABLE);
    SessionState rested =
        wake(
            id,
            Map.of(
                "testing/first",
                failing(ErrorCode.UNAVAILABLE),
                "testing/second",
                failing(ErrorCode.INVALID_REQUEST)));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
  }

  @Test
  void theFirstOneIsAskedAgainForTheNextMessage() throws InterruptedException {
    SessionId id = session(Fallback.On.UNAVAILABLE);
    Map<String, TestingModel> models =
        Map.of("testing/first", failing(ErrorCode.UNAVAILABLE), "testing/second", answering());
    wake(id, models);
    place.send(id, TestingPlace.message("again"));
    wake(id, models);
    assertThat(chosen)
        .containsExactly("testing/first", "testing/second", "testing/first", "testing/second");
  }
}
