package dev.paddock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import java.util.Optional;
import java.util.OptionalLong;

/** The input of a call as a model wrote it; what is not as the schema says is told to the model. */
record ToolInput(ObjectNode fields) {

  String text(String name) {
    return optionalText(name).orElseThrow(() -> invalid("\"%s\" is missing".formatted(name)));
  }

  Optional<String> optionalText(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isTextual()) {
                throw invalid("\"%s\" must be a string".formatted(name));
              }
              return node.textValue();
            });
  }

  boolean flag(String name) {
    return optionalFlag(name).orElse(false);
  }

  Optional<Boolean> optionalFlag(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw invalid("\"%s\" must be true or false".formatted(name));
              }
              return node.booleanValue();
            });
  }

  OptionalLong number(String name, long min, long max) {
    Optional<JsonNode> node = field(name);
    if (node.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number(name, node.get(), min, max));
  }

  /** {@code [start, end]}, 1-based; an end of -1 is the file's end. */
  Optional<LineRange> lineRange(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isArray() || node.size() != 2) {
                throw invalid("\"%s\" must be [start_line, end_line]".formatted(name));
              }
              long start = number(name, node.get(0), 1, Integer.MAX_VALUE);
              long end = number(name, node.get(1), -1, Integer.MAX_VALUE);
              if (end != -1 && end < start) {
                throw invalid("\"%s\" ends before it starts; lines count from 1".formatted(name));
              }
              return new LineRange(start, end == -1 ? Long.MAX_VALUE : end);
            });
  }

  /** Lines, both ends included. */
  record LineRange(long start, long end) {}

  private static long number(String name, JsonNode node, long min, long max) {
    if (!node.canConvertToExactIntegral() || !node.canConvertToLong()) {
      throw invalid("\"%s\" must be a whole number".formatted(name));
    }
    long value = node.longValue();
    if (value < min || value > max) {
      throw invalid("\"%s\" must be from %d to %d".formatted(name, min, max));
    }
    return value;
  }

  private Optional<JsonNode> field(String name) {
    return Optional.ofNullable(fields.get(name)).filter(node -> !node.isNull());
  }

  static SandboxException invalid(String message) {
    return new SandboxException(ErrorCode.INVALID_REQUEST, message);
  }
}
