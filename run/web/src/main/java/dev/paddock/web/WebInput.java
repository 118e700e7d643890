package dev.paddock.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The input of a call, strictly read. */
final class WebInput {
  private static final int MAX_ITEMS = 64;
  private static final int MAX_ITEM = 255;

  private final ObjectNode input;
  private final Set<String> known = new HashSet<>();

  WebInput(ObjectNode input) {
    this.input = input;
  }

  String text(String key) {
    known.add(key);
    JsonNode value = input.path(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw WebException.invalid("\"%s\" must be a text that is not empty".formatted(key));
    }
    return value.textValue();
  }

  /** A list of texts, empty if it is not there. */
  List<String> texts(String key) {
    known.add(key);
    List<String> texts = new ArrayList<>();
    JsonNode list = input.path(key);
    if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
      throw WebException.invalid("\"%s\" must be a list of texts".formatted(key));
    }
    for (JsonNode one : list) {
      if (!one.isTextual() || one.textValue().length() > MAX_ITEM || texts.size() == MAX_ITEMS) {
        throw WebException.invalid(
            "\"%s\" must be a list of at most %d texts".formatted(key, MAX_ITEMS));
      }
      texts.add(one.textValue());
    }
    return texts;
  }

  void done() {
    Set<String> more = new TreeSet<>();
    input.fieldNames().forEachRemaining(more::add);
    more.removeAll(known);
    if (!more.isEmpty()) {
      throw WebException.invalid("unknown arguments: " + String.join(", ", more));
    }
  }
}
