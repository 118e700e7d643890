package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * In which order an answer's thinking, text and calls came. Text and calls stand in the log
 * already, so the state holds only their lengths and places, with a signature where there was one;
 * other blocks it holds as they came.
 *
 * <p>As JSON: {@code {"kept": block}}, {@code {"text": length, "signature"?}}, {@code {"call":
 * index, "signature"?}}.
 */
final class Layout {
  private static final String SIGNATURE = "signature";

  /** A part of an answer to send back. */
  sealed interface Part {}

  record Kept(ObjectNode block) implements Part {}

  record Text(String text, Optional<String> signature) implements Part {}

  record Call(Message.Call call, Optional<String> signature) implements Part {}

  private final ArrayNode parts = Json.mapper().createArrayNode();
  private boolean worthKeeping;

  void kept(ObjectNode block) {
    worthKeeping = true;
    parts.addObject().set("kept", block);
  }

  /** More text; it joins the text before it unless one of them is signed. */
  void text(int length, Optional<String> signature) {
    if (signature.isEmpty()
        && parts.path(parts.size() - 1) instanceof ObjectNode last
        && last.has("text")
        && !last.has(SIGNATURE)) {
      last.put("text", last.get("text").intValue() + length);
      return;
    }
    sign(parts.addObject().put("text", length), signature);
  }

  void call(int index, Optional<String> signature) {
    sign(parts.addObject().put("call", index), signature);
  }

  private void sign(ObjectNode part, Optional<String> signature) {
    signature.ifPresent(
        value -> {
          worthKeeping = true;
          part.put(SIGNATURE, value);
        });
  }

  Optional<ProviderState> state(String provider) {
    return worthKeeping ? Optional.of(new ProviderState(provider, parts)) : Optional.empty();
  }

  /** The answer's parts in order; what the state does not account for comes last. */
  static List<Part> of(Optional<JsonNode> state, Message.Assistant said) {
    List<Part> out = new ArrayList<>();
    Set<Integer> placed = new HashSet<>();
    int at = 0;
    for (JsonNode part : state.orElseGet(Json.mapper()::createArrayNode)) {
      Optional<String> signature = Optional.ofNullable(part.path(SIGNATURE).textValue());
      if (part.path("kept") instanceof ObjectNode block) {
        out.add(new Kept(block.deepCopy()));
      } else if (part.has("text")) {
        int length = part.path("text").asInt(-1);
        if (length >= 0 && length <= said.text().length() - at) {
          out.add(new Text(said.text().substring(at, at + length), signature));
          at += length;
        }
      } else if (part.has("call")) {
        int index = part.path("call").asInt(-1);
        if (index >= 0 && index < said.calls().size() && placed.add(index)) {
          out.add(new Call(said.calls().get(index), signature));
        }
      }
    }
    if (at < said.text().length()) {
      Text rest = new Text(said.text().substring(at), Optional.empty());
      int firstCall = 0;
      while (firstCall < out.size() && !(out.get(firstCall) instanceof Call)) {
        firstCall++;
      }
      out.add(firstCall, rest);
    }
    for (int i = 0; i < said.calls().size(); i++) {
      if (!placed.contains(i)) {
        out.add(new Call(said.calls().get(i), Optional.empty()));
      }
    }
    return out;
  }
}
