package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelEvent;
import java.util.ArrayList;
import java.util.List;

/** Tool calls as their fragments arrive, in any order. */
final class ToolCalls {
  private static final int MAX_CALLS = 1024;

  /** A call that grows. */
  static final class Call {
    final int index;
    String id = "";
    String name = "";
    private final StringBuilder arguments = new StringBuilder();

    private Call(int index) {
      this.index = index;
    }

    boolean isEmpty() {
      return arguments.isEmpty();
    }

    ModelEvent.ToolCallDelta append(String fragment) {
      arguments.append(fragment);
      return new ModelEvent.ToolCallDelta(index, name, fragment);
    }
  }

  private final Endpoint endpoint;
  private final List<Call> calls = new ArrayList<>();

  ToolCalls(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  Call add() {
    if (calls.size() == MAX_CALLS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "%s asked for more than %d tool calls in one turn"
              .formatted(endpoint.provider(), MAX_CALLS));
    }
    Call call = new Call(calls.size());
    calls.add(call);
    return call;
  }

  List<Call> all() {
    return calls;
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  ModelEvent.ToolCall complete(Call call) {
    if (call.name.isEmpty()) {
      throw UpstreamErrors.garbled(endpoint, "a tool call without a name", null);
    }
    return new ModelEvent.ToolCall(call.index, call.id, call.name, input(call));
  }

  private ObjectNode input(Call call) {
    String text = call.arguments.toString();
    if (text.isBlank()) {
      return Json.object();
    }
    try {
      JsonNode tree = Json.tree(text);
      if (tree instanceof ObjectNode object) {
        return object;
      }
    } catch (CoreException e) {
      throw malformed(call, e);
    }
    throw malformed(call, null);
  }

  private ModelException malformed(
      Call call, @org.jspecify.annotations.Nullable CoreException cause) {
    return UpstreamErrors.garbled(
        endpoint,
        "a call of \"%s\" whose arguments are no JSON object: %s"
            .formatted(call.name, endpoint.quote(call.arguments.toString())),
        cause);
  }
}
