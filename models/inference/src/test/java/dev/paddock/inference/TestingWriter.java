package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/** A model that knows nothing: it writes tokens at random, or a given text byte by byte. */
final class TestingWriter {
  static final TestingVocabulary VOCABULARY = new TestingVocabulary(2_000, 1);
  static final SchemaCompiler COMPILER = new SchemaCompiler(VOCABULARY);

  private TestingWriter() {}

  static TokenMask mask(String schema) {
    return mask(schema, Map.of());
  }

  static TokenMask mask(String schema, Map<String, String> sources) {
    return COMPILER.compile((ObjectNode) Json.tree(schema), sources);
  }

  /** Whether the mask lets a whole value pass, byte by byte. */
  static boolean accepts(TokenMask mask, String json) {
    long[] bits = new long[VOCABULARY.maskWords()];
    for (byte b : json.getBytes(StandardCharsets.UTF_8)) {
      int token = VOCABULARY.encodeByte(b);
      mask.allowed(bits);
      if (!has(bits, token)) {
        return false;
      }
      mask.accept(token);
    }
    return mask.isComplete();
  }

  static boolean has(long[] bits, int token) {
    return (bits[token >> 6] >> token & 1) != 0;
  }

  /**
   * Writes random tokens until the mask lets it end, or closes once the budget is spent.
   *
   * @return the bytes written; not valid only if there was no way to close
   */
  static byte[] write(TokenVocabulary vocabulary, TokenMask mask, Random random, int budget) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long[] bits = new long[vocabulary.maskWords()];
    for (int i = 0; i < budget && !mask.mustEnd(); i++) {
      if (mask.isComplete() && random.nextInt(3) == 0) {
        return out.toByteArray();
      }
      int[] forced = random.nextBoolean() ? mask.forced() : new int[0];
      if (forced.length > 0) {
        for (int token : forced) {
          take(vocabulary, mask, token, out);
        }
        continue;
      }
      mask.allowed(bits);
      take(vocabulary, mask, pick(bits, random), out);
    }
    int bound = mask.bytesToClose();
    int[] closing = mask.closing().orElseThrow(() -> new AssertionError("no way to close " + out));
    if (closing.length > bound) {
      throw new AssertionError("closing needs " + closing.length + ", not " + bound + ": " + out);
    }
    for (int token : closing) {
      take(vocabulary, mask, token, out);
    }
    if (!mask.isComplete()) {
      throw new AssertionError("not closed: " + out);
    }
    return out.toByteArray();
  }

  private static void take(
      TokenVocabulary vocabulary, TokenMask mask, int token, ByteArrayOutputStream out) {
    long[] bits = new long[vocabulary.maskWords()];
    mask.allowed(bits);
    if (!has(bits, token)) {
      throw new AssertionError("token " + token + " is not in the mask after " + out);
    }
    mask.accept(token);
    out.writeBytes(vocabulary.bytes(token));
  }

  private static int pick(long[] bits, Random random) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    if (count == 0) {
      throw new AssertionError("the mask is empty");
    }
    int wanted = random.nextInt(count);
    for (int w = 0; w < bits.length; w++) {
      long left = bits[w];
      if (wanted >= Long.bitCount(left)) {
        wanted -= Long.bitCount(left);
        continue;
      }
      while (wanted-- > 0) {
        left &= left - 1;
      }
      return w << 6 | Long.numberOfTrailingZeros(left);
    }
    throw new AssertionError("cannot happen");
  }
}
