package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.ApiRoutes.ApiRoute;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/** Bodies as they should be, from {@code api-bodies.json}, and what can become of them. */
final class FuzzBodies {
  /** What a credential holds. It is written, and never read again. */
  static final String SECRET = "canary-of-a-credential-7f3a";

  private static final Pattern REFERENCE = Pattern.compile("\"@(/[^\"]*)\"");
  private static final String BOUNDARY = "a-boundary";

  /** Stands in a tree for a text that no tree can hold. */
  private static final String RAW = "@@RAW@@";

  private static final List<String> NONSENSE =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e300",
          "1e400",
          "-0",
          "NaN",
          "0x1",
          "01",
          "\"\"",
          "[]",
          "9223372036854775808",
          "1" + "0".repeat(390),
          "1" + "0".repeat(500),
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\x\"",
          "\"\u0001\"",
          "\"\u00ff\u00fe\"",
          "\"\u00c0\u00af\"",
          "\"unclosed",
          "\"\\u200b\"",
          "{}",
          "[[]]",
          "[null]",
          "{\"type\":\"text\"}",
          "{\"type\":7}",
          "\"../..\"",
          "\"https://u:p@h/\"",
          "\"auto\"",
          "{\"\":\"\"}",
          "{\"a\":1,\"a\":2}",
          "{\"pattern\":\"(\"}",
          "{\"$ref\":\"#/nowhere\"}",
          "\"" + "y".repeat(300) + "\"",
          "\"" + "y".repeat(70_000) + "\"",
          "[".repeat(150) + "]".repeat(150),
          "[".repeat(5000) + "]".repeat(5000),
          "{\"a\":".repeat(150) + "1" + "}".repeat(150),
          "[".repeat(100_000),
          "[" + "0,".repeat(20_000) + "0]",
          "\"\\ud83d\\ude00\"",
          "\"2026-13-45T99:99:99Z\"",
          "undefined");
  private static final List<String> WHOLE =
      List.of(
          "",
          " ",
          "[]",
          "null",
          "true",
          "7",
          "\"x\"",
          "{",
          "}",
          "{}{}",
          "{\"a\":1,\"a\":2}",
          "1e999",
          "[".repeat(100_000),
          "\u00ef\u00bb\u00bf{}",
          "\u00fe\u00ff\u0000{",
          "{\"\u00ff\":1}",
          "\u0000",
          "--" + BOUNDARY,
          "a=b&c=d",
          "<xml/>",
          "\u001f\u008b\b\u0000");

  private final Map<String, List<String>> table = new LinkedHashMap<>();

  /** A body with its type; the text stands for bytes, as Latin-1. */
  record Body(String type, String text) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  FuzzBodies() {
    try (InputStream in = FuzzBodies.class.getResourceAsStream("api-bodies.json")) {
      Json.read(in.readAllBytes(), JsonNode.class)
          .properties()
          .forEach(
              entry -> {
                List<String> bodies = new ArrayList<>();
                entry.getValue().forEach(body -> bodies.add(Json.write(body)));
                table.put(entry.getKey(), bodies);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The routes that have bodies, in the order in which one needs another. */
  List<String> routes() {
    return List.copyOf(table.keySet());
  }

  /** How many bodies a route has. */
  int size(String route) {
    return table.getOrDefault(route, List.of()).size();
  }

  private static Body json(String text) {
    return new Body("application/json", text);
  }

  Body valid(ApiRoute route, int index, FuzzIds ids, Random random) {
    return write(tree(route, index, ids, random));
  }

  Body any(ApiRoute route, FuzzIds ids, Random random) {
    return valid(route, random.nextInt(1000), ids, random);
  }

  Body spoiled(ApiRoute route, FuzzIds ids, Random random) {
    JsonNode tree = tree(route, random.nextInt(1000), ids, random);
    List<String> raw = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      spoil(tree, raw, random);
    }
    Body body = write(tree);
    StringBuilder text = new StringBuilder(body.text());
    for (String one : raw) {
      int at = text.indexOf(RAW);
      if (at > 0 && body.type().equals("application/json")) {
        text.replace(at - 1, at + RAW.length() + 1, one);
      } else if (at >= 0) {
        text.replace(at, at + RAW.length(), one);
      }
    }
    if (random.nextInt(12) == 0) {
      int brace = text.indexOf("{\"", random.nextInt(text.length() + 1));
      int end = brace < 0 ? -1 : text.indexOf("\"", brace + 2);
      if (end > 0) {
        text.insert(brace + 1, text.substring(brace + 1, end + 1) + ":1,");
      }
    }
    return new Body(body.type(), text.toString());
  }

  Body damaged(ApiRoute route, FuzzIds ids, Random random) {
    Body body = any(route, ids, random);
    return new Body(body.type(), damage(body.text(), random));
  }

  static String damage(String text, Random random) {
    StringBuilder bytes = new StringBuilder(text);
    for (int i = 1 + random.nextInt(3); i > 0 && !bytes.isEmpty(); i--) {
      int at = random.nextInt(bytes.length());
      switch (random.nextInt(5)) {
        case 0 -> bytes.deleteCharAt(at);
        case 1 -> bytes.insert(at, (char) random.nextInt(256));
        case 2 -> bytes.setCharAt(at, "\"{}[]:,\\\r\n".charAt(random.nextInt(10)));
        default -> bytes.setCharAt(at, (char) random.nextInt(256));
      }
    }
    if (random.nextInt(8) == 0) {
      bytes.setLength(random.nextInt(bytes.length() + 1));
    }
    return bytes.toString();
  }

  static Body whole(Random random) {
    return json(WHOLE.get(random.nextInt(WHOLE.size())));
  }

  /** More than any route takes as JSON. */
  static Body huge() {
    return json("{\"a\":\"" + "y".repeat(33 << 20) + "\"}");
  }

  private JsonNode tree(ApiRoute route, int index, FuzzIds ids, Random random) {
    String twin =
        route
            .toString()
            .replace(" /v1/", " /v1beta/")
            .replace("PUT /", "POST /")
            .replace("/upload/v1/", "/upload/v1beta/");
    List<String> bodies = table.getOrDefault(route.toString(), table.getOrDefault(twin, List.of()));
    if (bodies.isEmpty()) {
      return Json.object();
    }
    String text =
        REFERENCE
            .matcher(bodies.get(index % bodies.size()))
            .replaceAll(match -> "\"" + ids.first(route.dialect().name(), match.group(1)) + "\"");
    while (text.contains("#N#")) {
      text = text.replaceFirst("#N#", Integer.toString(random.nextInt(1_000_000_000)));
    }
    return Json.tree(text.replace("@SECRET", SECRET));
  }

  private static Body write(JsonNode tree) {
    if (tree.path("multipart").isArray()) {
      StringBuilder text = new StringBuilder();
      for (JsonNode part : tree.path("multipart")) {
        text.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"");
        text.append(part.path("name").asText()).append('"');
        if (part.has("filename")) {
          text.append("; filename=\"").append(part.path("filename").asText()).append('"');
        }
        text.append("\r\n\r\n").append(part.path("content").asText()).append("\r\n");
      }
      text.append("--" + BOUNDARY + "--\r\n");
      return new Body("multipart/form-data; boundary=" + BOUNDARY, latin(text.toString()));
    } else if (tree.path("raw").isTextual()) {
      return new Body("application/octet-stream", latin(tree.path("raw").textValue()));
    }
    return json(latin(Json.write(tree)));
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Changes one value somewhere; {@code raw} gets what stands for it, in order. */
  private static void spoil(JsonNode node, List<String> raw, Random random) {
    switch (node) {
      case ObjectNode object when !object.isEmpty() -> {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        String key = keys.get(random.nextInt(keys.size()));
        if (deeper(object.get(key), random)) {
          spoil(object.get(key), raw, random);
          return;
        }
        switch (random.nextInt(6)) {
          case 0 -> object.remove(key);
          case 1 -> object.set(key + "x", object.get(key));
          default -> object.put(key, nonsense(raw, random));
        }
      }
      case ArrayNode array when !array.isEmpty() -> {
        int at = random.nextInt(array.size());
        if (deeper(array.get(at), random)) {
          spoil(array.get(at), raw, random);
        } else if (random.nextInt(4) == 0) {
          array.add(array.get(at).deepCopy());
        } else {
          array.set(at, nonsense(raw, random));
        }
      }
      case ObjectNode object -> object.put("x", nonsense(raw, random));
      case ArrayNode array -> array.add(nonsense(raw, random));
      default -> throw new AssertionError(node);
    }
  }

  private static boolean deeper(JsonNode node, Random random) {
    return node.isContainerNode() && random.nextInt(4) > 0;
  }

  private static String nonsense(List<String> raw, Random random) {
    raw.add(NONSENSE.get(random.nextInt(NONSENSE.size())));
    return RAW;
  }
}
