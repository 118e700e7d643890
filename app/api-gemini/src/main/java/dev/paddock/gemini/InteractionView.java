package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.SessionRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** An interaction as it is answered. */
final class InteractionView {
  private InteractionView() {}

  static ObjectNode whole(SessionRecord session, InteractionState state) {
    ObjectNode out = brief(session, state);
    InteractionMark mark = InteractionMark.of(session);
    mark.request().properties().forEach(field -> out.set(field.getKey(), field.getValue()));
    mark.environment().ifPresent(id -> out.put("environment_id", id));
    out.set("steps", Step.wholes(state.steps()));
    out.set("usage", state.usage());
    if (!state.errors().isEmpty()) {
      out.set("errors", state.errors());
    }
    return out;
  }

  /** What a stream's events show of it. */
  static ObjectNode brief(SessionRecord session, InteractionState state) {
    ObjectNode out = Json.object().put("id", Interactions.idOf(session.id()));
    out.put("object", "interaction").put("status", state.status().word);
    out.put("created", time(session.createdAt()));
    out.put("updated", time(state.changed().orElse(session.createdAt())));
    InteractionMark mark = InteractionMark.of(session);
    for (String name : new String[] {"model", "agent"}) {
      if (mark.request().has(name)) {
        out.set(name, mark.request().get(name));
      }
    }
    return out;
  }

  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
