package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import java.util.stream.Collectors;

/** An agent's answer as a person reads it. */
final class Answers {
  private Answers() {}

  /** The fields of an answer that is a JSON object, a line each; other text as it is. */
  static String plain(String text) {
    if (!text.startsWith("{")) {
      return Screen.printable(text);
    }
    JsonNode answer;
    try {
      answer = Json.tree(text);
    } catch (CoreException notJson) {
      return Screen.printable(text);
    }
    if (answer.size() == 1 && answer.elements().next().isTextual()) {
      return Screen.printable(answer.elements().next().textValue());
    }
    return answer.properties().stream()
        .map(field -> field.getKey() + ": " + Fields.text(field.getValue()))
        .map(Screen::printable)
        .collect(Collectors.joining("\n"));
  }
}
