package dev.paddock.core;

import java.security.SecureRandom;

/**
 * Makes ids: a prefix, an underscore and 26 Crockford base-32 characters. The first ten are the
 * milliseconds since 1970, so ids of one kind sort by age; the rest is 80 random bits.
 */
public final class Ids {
  private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_LENGTH = 128;

  private Ids() {}

  public static String next(String prefix) {
    return next(prefix, System.currentTimeMillis());
  }

  static String next(String prefix, long millis) {
    char[] out = new char[26];
    long time = millis;
    for (int i = 9; i >= 0; i--) {
      out[i] = ALPHABET[(int) (time & 31)];
      time >>>= 5;
    }
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    for (int i = 10; i < 26; i++) {
      out[i] = ALPHABET[random[i - 10] & 31];
    }
    return prefix + "_" + new String(out);
  }

  /** Returns {@code value} if it is {@code prefix_} and letters, digits, {@code _} or {@code -}. */
  static String require(String prefix, String value) {
    boolean valid =
        value.length() <= MAX_LENGTH
            && value.length() > prefix.length() + 1
            && value.startsWith(prefix + "_")
            && value.chars().allMatch(Ids::allowed);
    if (!valid) {
      throw new CoreException(
          ErrorCode.INVALID_REQUEST,
          "not a valid id: \"%s\"; it must start with \"%s_\" and hold only letters, digits, _ and -"
              .formatted(value.length() > 64 ? value.substring(0, 64) + "…" : value, prefix));
    }
    return value;
  }

  private static boolean allowed(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == '-';
  }
}
