package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Allows exactly one text, byte by byte; all but its first byte are forced. */
final class TestingMask implements TokenMask {
  private final byte[] text;
  private int at;

  TestingMask(String text) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  /** Compiles every schema to the same text and remembers what it was asked. */
  static final class Compiler implements ConstraintCompiler {
    final List<ObjectNode> schemas = new ArrayList<>();
    final List<Map<String, String>> sources = new ArrayList<>();
    private final String text;

    Compiler(String text) {
      this.text = text;
    }

    @Override
    public TokenMask compile(ObjectNode schema, Map<String, String> texts) {
      schemas.add(schema);
      sources.add(texts);
      return new TestingMask(text);
    }
  }

  @Override
  public void allowed(long[] out) {
    Arrays.fill(out, 0);
    if (at < text.length) {
      int token = text[at] & 0xff;
      out[token >> 6] |= 1L << token;
    }
  }

  @Override
  public void accept(int token) {
    if (at >= text.length || token != (text[at] & 0xff)) {
      throw new IllegalArgumentException("not allowed: " + token);
    }
    at++;
  }

  @Override
  public boolean isComplete() {
    return at == text.length;
  }

  @Override
  public boolean mustEnd() {
    return isComplete();
  }

  @Override
  public int[] forced() {
    int[] out = new int[Math.min(5, text.length - at)];
    for (int i = 0; i < out.length; i++) {
      out[i] = text[at + i] & 0xff;
    }
    return out;
  }
}
