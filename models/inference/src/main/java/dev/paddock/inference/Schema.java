package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;

/** A schema and where it stands in its document, as a JSON pointer. */
record Schema(JsonNode node, String pointer) {
  Schema at(String keyword) {
    return new Schema(node.path(keyword), child(pointer, keyword));
  }

  Schema at(int index) {
    return new Schema(node.path(index), pointer + "/" + index);
  }

  static String child(String pointer, String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** A pointer as it is shown to people. */
  static String shown(String pointer) {
    return pointer.isEmpty() ? "the root" : pointer;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Schema s && s.pointer.equals(pointer);
  }

  @Override
  public int hashCode() {
    return pointer.hashCode();
  }
}
