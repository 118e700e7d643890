package dev.paddock.openai;

import dev.paddock.core.Json;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import java.nio.file.Path;
import java.util.Optional;

final class Serve {
  public static void main(String[] a) throws Exception {
    TestingModel m =
        new TestingModel(
            r ->
                r.tools().isEmpty()
                        || r.messages().getLast()
                            instanceof dev.paddock.provider.spi.Message.ToolResult
                    ? TestingModel.Script.of(
                        new ModelEvent.TextDelta(r.output().isPresent() ? "{\"a\":" : "Hel"),
                        new ModelEvent.TextDelta(r.output().isPresent() ? "1}" : "lo"),
                        new ModelEvent.End(
                            ModelEvent.EndReason.END_TURN,
                            new Usage(3, 2, 1, 0),
                            Optional.empty(),
                            Optional.empty()))
                    : TestingModel.Script.of(
                        new ModelEvent.ToolCallDelta(0, "add", "{\"a\":"),
                        new ModelEvent.ToolCallDelta(0, "add", "1}"),
                        new ModelEvent.ToolCall(0, "", "add", Json.object().put("a", 1)),
                        new ModelEvent.End(
                            ModelEvent.EndReason.TOOL_USE,
                            new Usage(3, 2, 1, 0),
                            Optional.empty(),
                            Optional.empty())));
    TestingServer s = new TestingServer(Path.of(a[0]), m);
    System.out.println(s.url());
    Thread.sleep(Long.MAX_VALUE);
  }
}
