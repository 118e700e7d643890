package dev.paddock.inference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Declared keys, numbered, with the quotes and the colon around them. */
final class KeyTrie {
  private static final class Node {
    byte[] bytes = new byte[0];
    int[] targets = new int[0];
    int[] keys = new int[0];
    int end = -1;
    final int depth;

    Node(int depth) {
      this.depth = depth;
    }
  }

  private final List<Node> nodes = new ArrayList<>(List.of(new Node(0)));
  private final List<Integer> lengths = new ArrayList<>();

  KeyTrie(List<String> keys) {
    for (int k = 0; k < keys.size(); k++) {
      byte[] word = (CanonicalJson.string(keys.get(k)) + ": ").getBytes(StandardCharsets.UTF_8);
      lengths.add(word.length);
      int at = 0;
      below(nodes.getFirst(), k);
      for (byte b : word) {
        at = child(at, b);
        below(nodes.get(at), k);
      }
      nodes.get(at).end = k;
    }
  }

  private static void below(Node node, int key) {
    node.keys = Arrays.copyOf(node.keys, node.keys.length + 1);
    node.keys[node.keys.length - 1] = key;
  }

  private int child(int at, byte b) {
    int known = step(at, b);
    if (known >= 0) {
      return known;
    }
    Node node = nodes.get(at);
    node.bytes = Arrays.copyOf(node.bytes, node.bytes.length + 1);
    node.bytes[node.bytes.length - 1] = b;
    node.targets = Arrays.copyOf(node.targets, node.targets.length + 1);
    node.targets[node.targets.length - 1] = nodes.size();
    nodes.add(new Node(node.depth + 1));
    return nodes.size() - 1;
  }

  int step(int at, byte b) {
    Node node = nodes.get(at);
    for (int i = 0; i < node.bytes.length; i++) {
      if (node.bytes[i] == b) {
        return node.targets[i];
      }
    }
    return -1;
  }

  /** The next byte of a key that goes through the node. */
  int toward(int at, int key) {
    Node node = nodes.get(at);
    for (int i = 0; i < node.bytes.length; i++) {
      if (Arrays.binarySearch(keys(node.targets[i]), key) >= 0) {
        return node.bytes[i] & 0xff;
      }
    }
    throw new IllegalArgumentException("key " + key + " does not go through node " + at);
  }

  /** The keys that go through the node, in order. */
  int[] keys(int at) {
    return nodes.get(at).keys;
  }

  /** The key that ends at the node, or -1. */
  int end(int at) {
    return nodes.get(at).end;
  }

  /** How many bytes lead to the node. */
  int depth(int at) {
    return nodes.get(at).depth;
  }

  int length(int key) {
    return lengths.get(key);
  }
}
