package dev.paddock.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** A body as JSON, under the rules of {@link Json} and a limit on how many values it has. */
final class JsonBody {
  private static final int MAX_TOKENS = 2_000_000;
  private static final int MAX_SHOWN = 200;
  private static final ObjectReader READER = reader();

  private JsonBody() {}

  private static ObjectReader reader() {
    JsonFactory strict = Json.mapper().getFactory();
    StreamReadConstraints constraints =
        strict.streamReadConstraints().rebuild().maxTokenCount(MAX_TOKENS).build();
    JsonFactory limited = (JsonFactory) strict.rebuild().streamReadConstraints(constraints).build();
    return Json.mapper().readerFor(JsonNode.class).with(limited);
  }

  /** No bytes are a missing node. */
  static JsonNode parse(byte[] bytes) {
    if (bytes.length == 0) {
      return MissingNode.getInstance();
    }
    String text = utf8(bytes);
    JsonNode node;
    try {
      node = READER.readValue(text);
    } catch (JsonProcessingException e) {
      throw invalid(e);
    }
    if (text.contains("\\u")) {
      refuseHalfCharacters(node);
    }
    return node;
  }

  private static String utf8(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "invalid JSON: not UTF-8 at byte " + in.position());
    }
    return out.flip().toString();
  }

  private static ServerException invalid(JsonProcessingException e) {
    String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    String shown = why.length() > MAX_SHOWN ? why.substring(0, MAX_SHOWN) + "…" : why;
    JsonLocation place = e.getLocation();
    String where =
        place == null
            ? ""
            : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
    return new ServerException(
        ErrorCode.INVALID_REQUEST, "invalid JSON%s: %s".formatted(where, shown));
  }

  /** An escaped half of a surrogate pair is no character, and could never be written again. */
  private static void refuseHalfCharacters(JsonNode node) {
    if (node.isTextual()) {
      refuse(node.textValue());
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              entry -> {
                refuse(entry.getKey());
                refuseHalfCharacters(entry.getValue());
              });
    } else if (node.isArray()) {
      node.forEach(JsonBody::refuseHalfCharacters);
    }
  }

  private static void refuse(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new ServerException(
              ErrorCode.INVALID_REQUEST,
              "invalid JSON: a string holds \\u%04x, half of a surrogate pair".formatted((int) c));
        }
        i++;
      }
    }
  }
}
