package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the model of the conformance scripts says. The last message decides, line by line:
 *
 * <ul>
 *   <li>{@code call NAME {"key": 1}} calls a tool; several lines are several calls of one turn
 *   <li>{@code say TEXT} answers with the rest of the message
 *   <li>{@code go on} answers word by word until the request is cancelled
 *   <li>{@code fail 503} fails with that status
 * </ul>
 *
 * After a tool's result it answers {@code done: } and the result's start; to anything else {@code
 * You said: } and the message.
 */
final class ModelScript {
  private static final Pattern CALL =
      Pattern.compile("^call (\\w+) (\\{.*})\\s*$", Pattern.MULTILINE);
  private static final Pattern SAY =
      Pattern.compile("^say (.*)", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern GO_ON = Pattern.compile("^go on\\s*$", Pattern.MULTILINE);
  private static final Pattern FAIL = Pattern.compile("^fail (\\d{3})\\s*$", Pattern.MULTILINE);
  private static final int SHOWN = 200;

  private ModelScript() {}

  static Answer answer(JsonNode request) {
    JsonNode messages = request.path("messages");
    JsonNode last = messages.path(messages.size() - 1);
    String text = text(last.path("content"));
    if (last.path("role").asText().equals("tool")) {
      return new Answer.Text("done: " + start(text));
    }
    List<Call> calls = new ArrayList<>();
    Matcher call = CALL.matcher(text);
    while (call.find()) {
      calls.add(new Call(call.group(1), (ObjectNode) Json.tree(call.group(2))));
    }
    Matcher fail = FAIL.matcher(text);
    Matcher say = SAY.matcher(text);
    if (!calls.isEmpty()) {
      return new Answer.Calls(calls);
    } else if (fail.find()) {
      return new Answer.Failure(Integer.parseInt(fail.group(1)));
    } else if (GO_ON.matcher(text).find()) {
      return new Answer.Endless("on ");
    } else if (say.find()) {
      return new Answer.Text(say.group(1).strip());
    }
    return new Answer.Text("You said: " + start(text));
  }

  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asText("")).append('\n'));
    return text.toString().strip();
  }

  private static String start(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
  }
}
