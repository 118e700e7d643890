package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A session that is worth killing: twelve commands, each of which adds one line to a file, one call
 * that a person allows, one for a sub-agent, and so much output that the conversation is summed up.
 */
final class Work {
  static final String FILE = "effects.txt";
  static final String TASK = "Do the work.";

  private static final int COMMANDS = 12;
  private static final int DELEGATED = 4;
  private static final int ASKED = 9;
  private static final int CALLS = COMMANDS + 2;
  private static final int OUTPUT = 1500;
  private static final Pattern DONE = Pattern.compile("calls done: (\\d+)");
  private static final AtomicLong NUMBERS = new AtomicLong();

  private Work() {}

  /** What the model says, by how many calls the conversation has. */
  static Answer next(JsonNode request) {
    int done = 0;
    for (JsonNode message : request.path("messages")) {
      Matcher summary = DONE.matcher(message.path("content").toString());
      if (message.path("role").asText().equals("tool")) {
        done++;
      } else if (summary.find()) {
        done = Integer.parseInt(summary.group(1));
      }
    }
    JsonNode messages = request.path("messages");
    String last = messages.path(messages.size() - 1).toString();
    if (last.contains("Write a summary")) {
      return new Answer.Text("calls done: " + done);
    }
    return request.path("messages").toString().contains("from below")
            && !request.path("messages").toString().contains(TASK)
        ? helper(done)
        : lead(done);
  }

  private static Answer lead(int done) {
    if (done >= CALLS) {
      return new Answer.Text("all done");
    }
    return switch (done) {
      case DELEGATED ->
          call("delegate", Json.object().put("agent", "helper").put("message", "from below"));
      case ASKED ->
          call(
              "write",
              Json.object().put("file_path", "approved.txt").put("content", effect("approved")));
      default -> command(effect("lead" + done));
    };
  }

  private static Answer helper(int done) {
    return done == 0 ? command(effect("helper")) : new Answer.Text("done below");
  }

  private static String effect(String name) {
    return name + "-" + NUMBERS.incrementAndGet();
  }

  private static Answer command(String effect) {
    String line =
        "echo %s >> %s; head -c %d /dev/zero | tr '\\0' x; sleep 0.05"
            .formatted(effect, FILE, OUTPUT);
    return call("bash", Json.object().put("command", line));
  }

  private static Answer call(String tool, ObjectNode input) {
    return new Answer.Calls(List.of(new Call(tool, input)));
  }

  /** The id of the agent that does it. */
  static String agent(SessionClient client, String model) throws IOException, InterruptedException {
    String helper = client.agent("helper", model, Map.of("tools", tools()));
    ObjectNode roster = Json.object().put("type", "coordinator");
    roster.putArray("agents").add(helper);
    return client.agent("lead", model, Map.of("tools", tools(), "multiagent", roster));
  }

  /**
   * Only bash, and write when a person allows it: the fewer tools, the sooner a small context is
   * full.
   */
  private static JsonNode tools() {
    return Json.tree(
        """
        [{"type": "agent_toolset_20260401", "default_config": {"enabled": false}, "configs": [
          {"name": "bash", "enabled": true},
          {"name": "write", "enabled": true, "permission_policy": {"type": "always_ask"}}]}]""");
  }
}
