package dev.paddock.openai;

import dev.paddock.core.Usage;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import dev.paddock.server.spi.ModelPump;
import dev.paddock.server.spi.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A long conversation told in short by its own model. */
final class Compaction {
  private static final String TASK =
      "Summarise the conversation so far, so that it can be continued from your summary alone. Keep"
          + " what was asked, what was decided and why, every name, number, path and identifier that"
          + " may matter later, what is done and what is left. Answer with the summary only.";

  private Compaction() {}

  record Result(String summary, Usage usage) {}

  static Result of(Platform platform, ResponseRequest asked, BooleanSupplier gone)
      throws InterruptedException {
    List<Message> messages = new ArrayList<>(asked.request().messages());
    messages.add(Message.User.of(TASK));
    ModelRequest request =
        asked
            .request()
            .withMessages(messages)
            .withTools(asked.request().tools(), new ToolChoice.None())
            .withSampling(Sampling.DEFAULT);
    StringBuilder summary = new StringBuilder();
    try (ModelPump pump = new ModelPump(platform.modelCalls(), asked.model(), List.of(request))) {
      while (true) {
        switch (pump.await(gone)) {
          case ModelPump.Item.Failed(RuntimeException cause) ->
              throw cause instanceof ModelException failure
                  ? ModelRoutes.told(failure, "input")
                  : cause;
          case ModelPump.Item.Said(_, ModelEvent.TextDelta delta) -> summary.append(delta.text());
          case ModelPump.Item.Said(_, ModelEvent.End end) -> {
            return new Result(summary.toString(), end.usage());
          }
          case ModelPump.Item.Said _ -> {
            // What it thinks on the way.
          }
        }
      }
    }
  }
}
