package dev.paddock.inference;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's printable stand-ins for the 256 bytes: the printable ones of Latin-1 stand for
 * themselves, the others are numbered from U+0100.
 */
final class ByteAlphabet {
  private static final short[] BYTE_OF = new short[512];

  static {
    Arrays.fill(BYTE_OF, (short) -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      BYTE_OF[printable ? b : next++] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The bytes that a token's written form stands for; a character outside stays as it is. */
  static byte[] decode(byte[] written) {
    byte[] out = new byte[written.length];
    int n = 0;
    for (int i = 0; i < written.length; i++) {
      int first = written[i] & 0xff;
      if (first < 0x80) {
        out[n++] = (byte) (BYTE_OF[first] >= 0 ? BYTE_OF[first] : first);
      } else if ((first & 0xe0) == 0xc0 && i + 1 < written.length) {
        int c = (first & 0x1f) << 6 | (written[i + 1] & 0x3f);
        if (c < BYTE_OF.length && BYTE_OF[c] >= 0) {
          out[n++] = (byte) BYTE_OF[c];
        } else {
          out[n++] = written[i];
          out[n++] = written[i + 1];
        }
        i++;
      } else {
        out[n++] = written[i];
      }
    }
    return Arrays.copyOf(out, n);
  }

  static byte[] decode(String written) {
    return decode(written.getBytes(StandardCharsets.UTF_8));
  }
}
