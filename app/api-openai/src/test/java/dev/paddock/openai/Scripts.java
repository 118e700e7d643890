package dev.paddock.openai;

import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.server.TestingModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What scripted models say. */
final class Scripts {
  static final String TOOLS =
      "[{'type': 'function', 'function': {'name': 'add', 'parameters': {'type': 'object'}}}]";
  private static final Usage USAGE = new Usage(10, 2, 4, 1);

  private Scripts() {}

  static TestingModel.Script text(String... parts) {
    return of(Arrays.stream(parts).map(ModelEvent.TextDelta::new).toArray(ModelEvent[]::new));
  }

  /** The events and an ordinary end. */
  static TestingModel.Script of(ModelEvent... events) {
    List<ModelEvent> all = new ArrayList<>(List.of(events));
    all.add(end(EndReason.END_TURN, Optional.empty()));
    return new TestingModel.Script(all, Optional.empty());
  }

  static TestingModel.Script ending(EndReason reason) {
    return new TestingModel.Script(
        List.of(new ModelEvent.TextDelta("Hel"), end(reason, Optional.empty())), Optional.empty());
  }

  /** Two calls whose fragments mix. */
  static TestingModel.Script twoCalls(Optional<ProviderState> state) {
    return new TestingModel.Script(
        List.of(
            new ModelEvent.ToolCallDelta(0, "add", "{\"a\""),
            new ModelEvent.ToolCallDelta(1, "add", "{\"a\":"),
            new ModelEvent.ToolCallDelta(0, "add", ":1}"),
            new ModelEvent.ToolCallDelta(1, "add", "2}"),
            new ModelEvent.ToolCall(0, "", "add", Json.object().put("a", 1)),
            new ModelEvent.ToolCall(1, "", "add", Json.object().put("a", 2)),
            end(EndReason.TOOL_USE, state)),
        Optional.empty());
  }

  static ModelEvent.End end(EndReason reason, Optional<ProviderState> state) {
    return new ModelEvent.End(reason, USAGE, state, Optional.empty());
  }
}
