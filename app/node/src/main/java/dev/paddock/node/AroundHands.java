package dev.paddock.node;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hands that do something around the calls of others. */
interface AroundHands extends Hands {
  Hands hands();

  /** What the model reads behind a call's own output, if there is anything to tell. */
  static Outcome noted(Outcome outcome, String about, List<String> notes) {
    if (notes.isEmpty() || !(outcome instanceof Outcome.Done(ToolResult result))) {
      return outcome;
    }
    List<ContentBlock> content = new ArrayList<>(result.content());
    content.add(ContentBlock.text("[%s]\n%s".formatted(about, String.join("\n", notes))));
    return new Outcome.Done(new ToolResult(content, result.isError()));
  }

  @Override
  default Outcome recover(ToolInvocation invocation, String toolName) {
    return hands().recover(invocation, toolName);
  }

  @Override
  default Optional<String> keep(EventId callId, String text) {
    return hands().keep(callId, text);
  }

  @Override
  default void close() {
    hands().close();
  }
}
