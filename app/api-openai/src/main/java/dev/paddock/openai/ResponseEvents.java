package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.function.Consumer;

/** The events of a response's stream, numbered in the order in which they are told. */
final class ResponseEvents {
  private final Consumer<ObjectNode> out;
  private int sequence;

  ResponseEvents(Consumer<ObjectNode> out) {
    this.out = out;
  }

  /** An event to be completed and told before the next one is asked for. */
  ObjectNode next(String type) {
    return Json.object().put("type", type).put("sequence_number", sequence++);
  }

  /** Of an item of the output. */
  ObjectNode next(String type, ObjectNode item, int index) {
    return next(type).put("item_id", item.path("id").asText()).put("output_index", index);
  }

  void tell(ObjectNode event) {
    out.accept(event);
  }

  /** How the response stands. */
  ObjectNode snapshot(String type, ObjectNode response) {
    ObjectNode event = next(type);
    event.set("response", response.deepCopy());
    return event;
  }

  void added(ObjectNode item, int index) {
    item("response.output_item.added", item, index);
  }

  void done(ObjectNode item, int index) {
    item("response.output_item.done", item, index);
  }

  private void item(String type, ObjectNode item, int index) {
    ObjectNode event = next(type).put("output_index", index);
    event.set("item", item.deepCopy());
    tell(event);
  }
}
