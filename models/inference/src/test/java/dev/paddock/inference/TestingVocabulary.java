package dev.paddock.inference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** All bytes, common pieces of JSON and of text, and random joins of them. */
final class TestingVocabulary implements TokenVocabulary {
  private static final List<String> PIECES =
      List.of(
          "{\"",
          "\": \"",
          "\": ",
          "\", \"",
          "\"}",
          "\"]",
          "}]",
          "]}",
          "}}",
          ", \"",
          ", ",
          "[{\"",
          "[\"",
          "[]",
          "{}",
          " \"",
          " {",
          "true",
          "false",
          "null",
          " true",
          "name",
          "date",
          "total",
          "value",
          "the",
          " the",
          "ing",
          " of",
          " and",
          "2024",
          "-01",
          ".00",
          "10",
          "100",
          "e+",
          "0.",
          "\\n",
          "\\\"",
          "\\u00",
          "é",
          "ü",
          "ß",
          "€",
          "日本",
          "😀",
          " é",
          "\"a",
          "\"b\"",
          "ab",
          "abc",
          "xy",
          "foo",
          "bar",
          "\"foo\": ",
          "a\": 1, \"",
          "1, 2",
          "\"}, {\"");

  private final List<byte[]> tokens = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final TokenTrie trie;

  TestingVocabulary(int size, long seed) {
    add("<end>".getBytes(StandardCharsets.UTF_8));
    for (int b = 0; b < 256; b++) {
      add(new byte[] {(byte) b});
    }
    PIECES.forEach(p -> add(p.getBytes(StandardCharsets.UTF_8)));
    Random random = new Random(seed);
    while (tokens.size() < size) {
      byte[] left = tokens.get(random.nextInt(33, tokens.size()));
      byte[] right = tokens.get(random.nextInt(33, tokens.size()));
      if (left.length + right.length <= 16) {
        byte[] joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        add(joined);
      }
    }
    trie = new TokenTrie(this);
  }

  private void add(byte[] token) {
    String key = new String(token, StandardCharsets.ISO_8859_1);
    if (ids.putIfAbsent(key, tokens.size()) == null) {
      tokens.add(token);
    }
  }

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public byte[] bytes(int token) {
    return tokens.get(token);
  }

  @Override
  public boolean special(int token) {
    return token == 0;
  }

  @Override
  public int endOfTurn() {
    return 0;
  }

  /** The token of one byte. */
  int encodeByte(byte b) {
    return 1 + (b & 0xff);
  }

  /** The longest token at each place. */
  @Override
  public List<Integer> encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Integer> found = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int best = 0;
      int node = 0;
      for (int i = at; i < bytes.length && node >= 0; i++) {
        node = trie.child(node, bytes[i] & 0xff);
        best = node >= 0 && trie.token(node) >= 0 ? node : best;
      }
      found.add(trie.token(best));
      at += trie.depth(best);
    }
    return found;
  }
}
