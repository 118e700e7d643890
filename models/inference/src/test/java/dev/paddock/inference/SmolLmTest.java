package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmolLmTest {
  private LocalModel model;

  @BeforeAll
  void open() {
    model =
        LocalModel.open(
            TestingModel.file(), "local/smollm2", EngineOptions.DEFAULT, Optional.empty());
  }

  @AfterAll
  void close() {
    if (model != null) {
      model.close();
    }
  }

  @Test
  void answers() throws Exception {
    ModelRequest request =
        ModelRequest.of(List.of(Message.User.of("What is the capital of France?")))
            .withSampling(Sampling.GREEDY.withMaxTokens(30));
    List<ModelEvent> events = run(request);
    String text = text(events);
    assertThat(text).contains("Paris");
    assertThat(events.getLast()).isInstanceOf(ModelEvent.End.class);
  }

  private List<ModelEvent> run(ModelRequest request) throws InterruptedException {
    List<ModelEvent> events = new ArrayList<>();
    try (ModelStream stream = model.stream(request)) {
      for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
        events.add(e.get());
      }
    }
    return events;
  }

  private static String text(List<ModelEvent> events) {
    return events.stream()
        .filter(ModelEvent.TextDelta.class::isInstance)
        .map(e -> ((ModelEvent.TextDelta) e).text())
        .collect(Collectors.joining());
  }
}
