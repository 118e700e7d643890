package dev.paddock.inference;

import dev.paddock.core.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;

/** Finds the JSON pointer of a place in canonical JSON. */
final class OutputPointer {
  private OutputPointer() {}

  static String at(byte[] json, int offset) {
    ArrayDeque<String> names = new ArrayDeque<>();
    int i = 0;
    while (i < offset) {
      switch (json[i]) {
        case '{' -> {
          names.push("");
          i++;
        }
        case '[' -> {
          names.push("0");
          i++;
        }
        case '}', ']' -> {
          names.pop();
          i++;
        }
        case ',' -> {
          String name = names.pop();
          boolean index = !name.startsWith("/");
          names.push(index && !name.isEmpty() ? String.valueOf(Integer.parseInt(name) + 1) : "");
          i++;
        }
        case '"' -> {
          int end = end(json, i);
          if (end < json.length && json[end] == ':') {
            String quoted = new String(json, i, end - i, StandardCharsets.UTF_8);
            names.pop();
            names.push(Schema.child("", Json.tree(quoted).textValue()));
          }
          i = end;
        }
        default -> i++;
      }
    }
    StringBuilder pointer = new StringBuilder();
    for (Iterator<String> each = names.descendingIterator(); each.hasNext(); ) {
      String name = each.next();
      pointer.append(name.startsWith("/") ? name : "/" + name);
    }
    return pointer.toString();
  }

  /** The offset after the closing quote. */
  private static int end(byte[] json, int opening) {
    int i = opening + 1;
    while (json[i] != '"') {
      i += json[i] == '\\' ? 2 : 1;
    }
    return i + 1;
  }
}
